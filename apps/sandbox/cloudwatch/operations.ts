import { STS_OPERATIONS } from './assume-role.js';
import { LOG_OPERATIONS } from './log-operations.js';
import { METRIC_OPERATIONS } from './metric-operations.js';
import type { Operation } from './operation.js';

export const OPERATIONS: ReadonlyMap<string, Operation> = new Map(
  Object.entries({ ...LOG_OPERATIONS, ...METRIC_OPERATIONS, ...STS_OPERATIONS }),
);
