import { z } from 'zod';
import { LOG_LEVELS } from '../../domain/index.js';
import { awsSettings, clusterIds, region } from '../aws.schema.js';

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_CreateLogGroup.html, read 2026-11-20. */
const MAX_GROUP_NAME_CHARS = 512;
const GROUP_NAME = /^[A-Za-z0-9_/.#-]*$/;
/** Names that begin so belong to AWS itself (ibid.). `/aws/…` is a different thing, and allowed. */
const RESERVED = 'aws/';

/** Public members of `data`. Values are kept verbatim, clusters in their order; an empty list means all clusters. */
export const logsConfig = z.object({
  groupName: z
    .string()
    .min(1, 'must name a log group')
    .max(MAX_GROUP_NAME_CHARS, `must have at most ${MAX_GROUP_NAME_CHARS} characters`)
    .regex(GROUP_NAME, 'may hold letters, digits and _ - / . # only')
    .refine((name) => !name.startsWith(RESERVED), `must not begin with ${RESERVED}`),
  region,
  clusterIds,
});
export type LogsConfig = z.output<typeof logsConfig>;

/** Members of the integration's `settings` that are ours. */
export const logsSettings = awsSettings.extend({
  /** Milder lines are not sent. */
  minimumLevel: z.enum(LOG_LEVELS, `must be one of ${LOG_LEVELS.join(', ')}`).default('trace'),
  /** Whether a log group that is not there is made, which needs `logs:CreateLogGroup`. */
  createLogGroup: z.boolean('must be true or false').default(false),
});
export type LogsSettings = z.output<typeof logsSettings>;
