import type { Failure, MetricSample, StreamEntry } from '../../domain/index.js';
import type { Settlement, Window } from '../stream-sink.js';
import { readSample } from './aws-cloud-watch-metrics.sample.js';
import { seriesKey } from './aws-cloud-watch-metrics.series.js';

const PERIOD_MS = 60_000;
/** How long after its end a period's last samples may still be stored: a scrape, its way, the commit. */
const GRACE_MS = 15_000;
/** What could go only later than that is of a clock that goes wrong, and does not hold up the others. */
const LONGEST_WAIT_MS = 2 * PERIOD_MS + GRACE_MS;
/**
 * Two weeks and two hours (https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricDatum.html, read
 * 2026-11-28), less what may pass until AWS looks.
 */
const OLDEST_MS = 14 * 86_400_000 - 300_000;
const NEWEST_MS = 2 * 3_600_000;

/** A sample that goes with this window. */
export interface Point {
  readonly seq: number;
  readonly timeMs: number;
  readonly periodMs: number;
  readonly node: string;
  readonly sample: MetricSample;
  /** Of a counter: its key in the stream's memory. */
  readonly key?: string;
}

const TOO_OLD: Failure = {
  code: 'too_old',
  reason: 'CloudWatch takes samples of the last two weeks only.',
};
const TOO_NEW: Failure = {
  code: 'too_far_ahead',
  reason: 'CloudWatch takes samples up to two hours ahead only: set the clock of the node right.',
};

type Verdict = Pick<Settlement, 'end' | 'failure'>;

const periodOf = (timeMs: number): number => Math.floor(timeMs / PERIOD_MS) * PERIOD_MS;

/** Who needs no call, by how they end. */
export class Settled {
  readonly #groups = new Map<string, { end: Settlement['end']; failure?: Failure; seqs: number[] }>();

  add(end: Settlement['end'], seq: number, failure?: Failure): void {
    const key = failure?.code ?? end;
    const group = this.#groups.get(key) ?? { end, ...(failure ? { failure } : {}), seqs: [] };
    group.seqs.push(seq);
    this.#groups.set(key, group);
  }

  get settlements(): readonly Settlement[] {
    return [...this.#groups.values()];
  }
}

/** Points in the order of time, and when what waits can go. */
export interface Sorted {
  readonly points: readonly Point[];
  /** Time of the oldest sample that goes or waits; Infinity when there is none. */
  readonly oldestMs: number;
  readonly waitUntil?: Date;
}

/** Tells what can go with this window from what cannot, need not or must wait. */
export function sortEntries(
  { entries, now }: Pick<Window, 'entries' | 'now'>,
  wants: (name: string) => boolean,
  settled: Settled,
): Sorted {
  const nowMs = now.getTime();
  const usable: Point[] = [];
  for (const entry of entries) {
    const found = look(entry, nowMs, wants);
    if ('end' in found) settled.add(found.end, entry.seq, found.failure);
    else usable.push(found);
  }
  usable.sort((one, other) => one.timeMs - other.timeMs || one.seq - other.seq);
  return { oldestMs: usable[0]?.timeMs ?? Infinity, ...whatWaits(usable, nowMs) };
}

const rejected = (failure: Failure): Verdict => ({ end: 'rejected', failure });

function look(
  { seq, timeMs, node, body }: StreamEntry,
  nowMs: number,
  wants: (name: string) => boolean,
): Point | Verdict {
  const sample = readSample(body);
  if ('code' in sample) return rejected(sample);
  if (!wants(sample.name)) return { end: 'suppressed' };
  const periodMs = periodOf(timeMs);
  if (periodMs < nowMs - OLDEST_MS) return rejected(TOO_OLD);
  if (timeMs > nowMs + NEWEST_MS) return rejected(TOO_NEW);
  const point = { seq, timeMs, periodMs, node, sample };
  return sample.type === 'counter' ? { ...point, key: seriesKey(node, sample) } : point;
}

function whatWaits(usable: readonly Point[], nowMs: number): Pick<Sorted, 'points' | 'waitUntil'> {
  const points: Point[] = [];
  const waiting = new Set<string>();
  let dueMs = Infinity;
  for (const point of usable) {
    const completeMs = point.periodMs + PERIOD_MS + GRACE_MS;
    // A counter's later readings must not overtake one that waits: it would never be counted.
    const isBehind = point.key !== undefined && waiting.has(point.key);
    if (isBehind || (completeMs > nowMs && completeMs - nowMs <= LONGEST_WAIT_MS)) {
      dueMs = Math.min(dueMs, completeMs);
      if (point.key !== undefined) waiting.add(point.key);
    } else points.push(point);
  }
  return { points, ...(dueMs === Infinity ? {} : { waitUntil: new Date(dueMs) }) };
}
