import { z } from 'zod';
import { knownMetric, type Failure, type MetricSample } from '../../domain/index.js';

/**
 * Beyond that AWS refuses a value, and with it the whole call
 * (https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricDatum.html, read 2026-11-28).
 */
export const MAX_VALUE = 2 ** 360;
/** Smaller than that is too small for AWS, too (ibid., in its older wording); it is 0 for all that a metric is for. */
const MIN_MAGNITUDE = 2 ** -360;

const metricSample = z.object({
  name: z.string().regex(/\S/),
  labels: z.record(z.string(), z.string()),
  value: z.custom<number>((value) => typeof value === 'number'),
  type: z.enum(['gauge', 'counter']),
  origin: z.enum(['eventstoredb', 'host']),
});

const NOT_A_SAMPLE: Failure = {
  code: 'not_a_sample',
  reason: 'The entry is not the sample of a metric: its body is not the JSON of one.',
};
const OUT_OF_RANGE: Failure = {
  code: 'value_out_of_range',
  reason: 'CloudWatch takes values from -2^360 to 2^360 only.',
};

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // What is no JSON is no sample: the schema says so.
    return undefined;
  }
}

/**
 * The sample in an entry's body, or why it can never go. The catalog's word on a metric's type and origin goes before
 * the sample's, so that one metric is one thing whoever sampled it.
 */
export function readSample(body: string): MetricSample | Failure {
  const { data } = metricSample.safeParse(readJson(body));
  if (!data) return NOT_A_SAMPLE;
  // JSON has no infinity, but 1e999 is read as one.
  if (!(Math.abs(data.value) <= MAX_VALUE)) return OUT_OF_RANGE;
  const { type, origin } = knownMetric(data.name) ?? data;
  return { ...data, type, origin };
}

/** The nearest value that CloudWatch takes. Sums of what it takes can be beyond that. */
export function withinRange(value: number): number {
  if (Math.abs(value) < MIN_MAGNITUDE) return 0;
  return Math.min(MAX_VALUE, Math.max(-MAX_VALUE, value));
}
