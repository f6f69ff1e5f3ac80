import { LOG_LEVELS, type LogLevel, type StreamEntry } from '../../domain/index.js';
import type { Packing, Parcel, Settlement, Window } from '../stream-sink.js';
import { cutBatches } from './aws-cloud-watch-logs.batches.js';
import { MAX_AGE_MS, MAX_AHEAD_MS, TOO_NEW, TOO_OLD } from './aws-cloud-watch-logs.classify.js';
import { eventFormat } from './aws-cloud-watch-logs.format.js';
import { streamNameOf } from './aws-cloud-watch-logs.place.js';

/** The clocks differ, and a call takes its time: what is as near as that to a limit of AWS's is not sent. */
const MARGIN_MS = 5 * 60_000;

/** One PutLogEvents. `seqs` are in the order of `events`, which is that of time. */
export interface LogParcel extends Parcel {
  readonly stream: string;
  readonly events: readonly LogEvent[];
}

export interface LogEvent {
  readonly timestamp: number;
  readonly message: string;
}

interface Item extends LogEvent {
  readonly seq: number;
  readonly timeMs: number;
  readonly bytes: number;
}

const parcelOf = (lane: string, stream: string, batch: readonly Item[]): LogParcel => ({
  lane,
  stream,
  seqs: batch.map(({ seq }) => seq),
  events: batch.map(({ timestamp, message }) => ({ timestamp, message })),
  newestMs: batch.at(-1)!.timeMs,
});

/** Why an entry needs no call; undefined for one that is sent. */
function sorter(now: Date, minimumLevel: LogLevel) {
  const mildest = LOG_LEVELS.indexOf(minimumLevel);
  const oldestMs = now.getTime() - MAX_AGE_MS + MARGIN_MS;
  const newestMs = now.getTime() + MAX_AHEAD_MS - MARGIN_MS;
  const tooOld: GrowingSettlement = { seqs: [], end: 'rejected', failure: TOO_OLD };
  const tooNew: GrowingSettlement = { seqs: [], end: 'rejected', failure: TOO_NEW };
  const tooMild: GrowingSettlement = { seqs: [], end: 'suppressed' };
  const of = ({ timeMs, level }: StreamEntry): GrowingSettlement | undefined => {
    if (level !== null && LOG_LEVELS.indexOf(level) < mildest) return tooMild;
    // Written so that a time which is no number is none of them.
    if (!(timeMs >= oldestMs)) return tooOld;
    return timeMs <= newestMs ? undefined : tooNew;
  };
  return { of, settled: () => [tooOld, tooNew, tooMild].filter(({ seqs }) => seqs.length > 0) };
}

type GrowingSettlement = Settlement & { readonly seqs: number[] };

/** Everything goes at once, a lane for each node. Pure. */
export function packLines({ entries, place, now }: Window, minimumLevel: LogLevel): Packing<LogParcel> {
  const format = eventFormat(place.clusterName);
  const sorting = sorter(now, minimumLevel);
  const lanes = new Map<string, Item[]>();
  for (const entry of entries) {
    const settlement = sorting.of(entry);
    if (settlement) {
      settlement.seqs.push(entry.seq);
      continue;
    }
    const { seq, timeMs, node } = entry;
    const item = { seq, timeMs, timestamp: Math.floor(timeMs), ...format(entry) };
    const lane = lanes.get(node);
    if (lane) lane.push(item);
    else lanes.set(node, [item]);
  }
  const parcels = [...lanes].flatMap(([node, items]) => {
    const stream = streamNameOf(place.clusterName, node);
    return cutBatches(items).map((batch) => parcelOf(node, stream, batch));
  });
  return { parcels, settled: sorting.settled() };
}

/** The first and the second half of its events. */
export function splitLines(parcel: LogParcel): readonly [LogParcel, LogParcel] {
  const middle = Math.ceil(parcel.events.length / 2);
  return [partOf(parcel, 0, middle), partOf(parcel, middle, parcel.events.length)];
}

function partOf({ lane, stream, seqs, events }: LogParcel, start: number, end: number): LogParcel {
  const some = events.slice(start, end);
  const newestMs = some.at(-1)?.timestamp ?? 0;
  return { lane, stream, seqs: seqs.slice(start, end), events: some, newestMs };
}
