import { z } from 'zod';
import { clusterIds, region } from '../aws.schema.js';

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricData.html, read 2026-11-20. */
const MAX_NAMESPACE_CHARS = 255;
/** Namespaces that begin so belong to AWS services (ibid.). */
const RESERVED = 'AWS/';

/** Public members of `data`. Values are kept verbatim, clusters in their order; an empty list means all clusters. */
export const metricsConfig = z.object({
  namespace: z
    .string()
    .min(1, 'must name a namespace')
    .max(MAX_NAMESPACE_CHARS, `must have at most ${MAX_NAMESPACE_CHARS} characters`)
    .regex(/^[\x20-\x7e]*$/, 'must have no control characters or letters beyond ASCII')
    .refine((name) => !name.startsWith(':'), 'must not begin with a colon')
    .refine((name) => name === '' || name.trim() !== '', 'must not be blank')
    .refine((name) => !name.startsWith(RESERVED), `must not begin with ${RESERVED}`),
  region,
  clusterIds,
});
export type MetricsConfig = z.output<typeof metricsConfig>;
