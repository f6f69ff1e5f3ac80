import type { MetricOrigin } from '../../domain/index.js';
import type { Memory, Parcel } from '../stream-sink.js';
import type { Datum } from './aws-cloud-watch-metrics.format.js';

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricData.html, read 2026-11-28. */
export const MAX_DATA = 1_000;
/** 1 MB. AWS means what is sent, compressed; ours is kept below it as it is, so that it fits whatever compression does. */
export const MAX_CALL_BYTES = 1_000_000;
/** For the namespace, and what is around the data. */
const ENVELOPE_BYTES = 1_000;
/** A comma, and a time in seconds with its name. */
const BYTES_AROUND_DATUM = 40;

/** A datum with the entries in it, and what is to be remembered of them. */
export interface MetricItem {
  readonly origin: MetricOrigin;
  readonly datum: Datum;
  /** The period's beginning, in milliseconds since 1970. */
  readonly periodMs: number;
  readonly seqs: readonly number[];
  readonly newestMs: number;
  readonly memory: Memory;
}

/** One call: data of one namespace, which is its lane as well. */
export interface MetricsParcel extends Parcel {
  readonly lane: MetricOrigin;
  readonly data: readonly MetricItem[];
}

/** Bytes of the datum as it is sent: it is all ASCII. */
export const bytesOf = (datum: Datum): number => JSON.stringify(datum).length + BYTES_AROUND_DATUM;

/** Later items' memory goes over that of earlier ones: they are in the order of time. */
export function parcelOf(lane: MetricOrigin, data: readonly MetricItem[]): MetricsParcel {
  const memory: Memory = Object.assign({}, ...data.map((item) => item.memory));
  return {
    lane,
    seqs: data.flatMap(({ seqs }) => seqs),
    items: data.map(({ seqs }) => seqs),
    newestMs: data.reduce((newest, item) => Math.max(newest, item.newestMs), 0),
    ...(Object.keys(memory).length === 0 ? {} : { memory }),
    data,
  };
}

/** As few calls as hold the items of one lane, in their order. */
export function parcelsOf(lane: MetricOrigin, items: readonly MetricItem[]): MetricsParcel[] {
  const calls: MetricItem[][] = [];
  let bytes = Infinity;
  for (const item of items) {
    const more = bytesOf(item.datum);
    if (bytes + more > MAX_CALL_BYTES || (calls.at(-1)?.length ?? 0) >= MAX_DATA) {
      calls.push([]);
      bytes = ENVELOPE_BYTES;
    }
    calls.at(-1)?.push(item);
    bytes += more;
  }
  return calls.map((data) => parcelOf(lane, data));
}

/** Each half remembers what is in it, and no more. */
export function halvesOf({ lane, data }: MetricsParcel): readonly [MetricsParcel, MetricsParcel] {
  const middle = Math.ceil(data.length / 2);
  return [parcelOf(lane, data.slice(0, middle)), parcelOf(lane, data.slice(middle))];
}
