import type { NodeHealth } from '../detection/index.js';

/** What `/health/live` answers when all is well (200 when asked with `?liveCode=200`), and before or after it. */
export const HEALTH_STATUSES = [204, 200, 503] as const;

const NOT_LIVE = 503;

/** Reads the status of `/health/live`, which is all its answer; there is none before 20.6. */
export const parseHealth = (status: number): NodeHealth => ({ isLive: status !== NOT_LIVE });
