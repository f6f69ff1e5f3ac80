import type { MetricUnit } from '../../domain/index.js';
import type { Dimension } from './aws-cloud-watch-metrics.dimensions.js';
import { withinRange } from './aws-cloud-watch-metrics.sample.js';

/** Different values that one datum lists, at most (ibid. as `MAX_VALUE`); more become their statistics. */
const MAX_VALUES = 150;

/** A datum as `PutMetricData` takes it, but for its time. Nothing in it is beyond ASCII. */
export interface Datum {
  readonly MetricName: string;
  readonly Dimensions: readonly Dimension[];
  readonly Unit: MetricUnit;
  readonly Values?: readonly number[];
  readonly Counts?: readonly number[];
  readonly StatisticValues?: {
    readonly SampleCount: number;
    readonly Sum: number;
    readonly Minimum: number;
    readonly Maximum: number;
  };
}

/** What was measured in a period, as exactly as one datum can say it. There is at least one value. */
export function valuesOf(measured: readonly number[]): Pick<Datum, 'Values' | 'Counts' | 'StatisticValues'> {
  const values = measured.map(withinRange);
  const counts = new Map<number, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  if (counts.size <= MAX_VALUES) {
    const Values = [...counts.keys()];
    return counts.size === values.length ? { Values } : { Values, Counts: [...counts.values()] };
  }
  return {
    StatisticValues: {
      SampleCount: values.length,
      Sum: withinRange(values.reduce((sum, value) => sum + value, 0)),
      Minimum: values.reduce((least, value) => Math.min(least, value)),
      Maximum: values.reduce((most, value) => Math.max(most, value)),
    },
  };
}
