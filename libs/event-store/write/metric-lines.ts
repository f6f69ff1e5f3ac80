import { bareMetricName, knownMetric, type MetricSample, type NewEntry } from '../../domain/index.js';
import type { Series } from '../line-protocol/index.js';
import type { LineOrigin } from './line-origin.js';

/** The series of a metric, and the JSON of its samples around their values. */
export interface MetricSeries {
  /** Without a server's prefix and `_total`. */
  readonly name: string;
  readonly node: string;
  readonly head: string;
  readonly tail: string;
}

/** One sample. */
export interface MetricLine {
  readonly series: MetricSeries;
  /** Finite. */
  readonly value: number;
  readonly timeMs: number;
}

/** What no list knows is a gauge of the machine: line protocol does not say. */
export function metricSeriesOf(series: Series, { node, labels }: LineOrigin): MetricSeries {
  const name = bareMetricName(series.name);
  const { type = 'gauge', origin = 'host' } = knownMetric(name) ?? {};
  const before: Pick<MetricSample, 'name' | 'labels'> = { name, labels };
  const after: Pick<MetricSample, 'type' | 'origin'> = { type, origin };
  return {
    name,
    node,
    head: `${JSON.stringify(before).slice(0, -1)},"value":`,
    tail: `,${JSON.stringify(after).slice(1)}`,
  };
}

/** As it is stored: its body is a `MetricSample`. */
export const entryOfMetric = ({ series: { node, head, tail }, value, timeMs }: MetricLine): NewEntry => ({
  timeMs,
  node,
  level: null,
  body: `${head}${value}${tail}`,
});
