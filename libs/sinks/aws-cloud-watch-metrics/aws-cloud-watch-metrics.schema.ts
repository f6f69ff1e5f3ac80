import { z } from 'zod';
import { METRIC_NAME_PATTERN, metricMatcher, namesMatcher } from '../../domain/index.js';
import { awsSettings, clusterIds, region } from '../aws.schema.js';

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricData.html, read 2026-11-20. */
const MAX_NAMESPACE_CHARS = 255;
/** Namespaces that begin so belong to AWS services (ibid.). */
const RESERVED = 'AWS/';
/** The longest that is put behind the configured namespace. */
const LONGEST_SUFFIX = '/eventstoredb';
const MAX_OWN_CHARS = MAX_NAMESPACE_CHARS - LONGEST_SUFFIX.length;
/** Ours: more than the servers have. */
const MAX_NAMES = 100;

/** Public members of `data`. Values are kept verbatim, clusters in their order; an empty list means all clusters. */
export const metricsConfig = z.object({
  namespace: z
    .string()
    .min(1, 'must name a namespace')
    .max(
      MAX_OWN_CHARS,
      `must have at most ${MAX_OWN_CHARS} characters, for ${LONGEST_SUFFIX} comes behind it`,
    )
    .regex(/^[\x20-\x7e]*$/, 'must have no control characters or letters beyond ASCII')
    .refine((name) => !name.startsWith(':'), 'must not begin with a colon')
    .refine((name) => name === '' || name.trim() !== '', 'must not be blank')
    .refine((name) => !name.startsWith(RESERVED), `must not begin with ${RESERVED}`),
  region,
  clusterIds,
});
export type MetricsConfig = z.output<typeof metricsConfig>;

const names = z
  .array(
    z
      .string()
      .max(MAX_NAMESPACE_CHARS)
      .refine(
        (name) => name === '*' || METRIC_NAME_PATTERN.test(name.replace(/\*$/, '')),
        'must be the name of a metric, or the beginning of one with * behind it',
      ),
  )
  .max(MAX_NAMES, `must have at most ${MAX_NAMES} names`)
  .default([]);

/**
 * Members of the integration's `settings` that are ours: the role, names of metrics beside the default list, and names
 * that are not wanted, which go before. Names are with or without a server's prefix and `_total`.
 */
export const metricsSettings = awsSettings.extend({ metrics: names, exclude: names });
export type MetricsSettings = z.output<typeof metricsSettings>;

/** Which metrics the integration wants. */
export function wantedBy({ metrics, exclude }: MetricsSettings): (name: string) => boolean {
  const [isWanted, isExcluded] = [metricMatcher(metrics), namesMatcher(exclude)];
  return (name) => isWanted(name) && !isExcluded(name);
}
