import { knownMetric, type Failure, type MetricOrigin } from '../../domain/index.js';
import type { Memory, Packing, Settlement, StreamPlace, Window } from '../stream-sink.js';
import { dimensionsOf, MAX_NAME_CHARS, plainText } from './aws-cloud-watch-metrics.dimensions.js';
import { valuesOf, type Datum } from './aws-cloud-watch-metrics.format.js';
import { parcelsOf, type MetricItem, type MetricsParcel } from './aws-cloud-watch-metrics.parcels.js';
import { Readings, type Reading } from './aws-cloud-watch-metrics.series.js';
import { Settled, sortEntries, type Point } from './aws-cloud-watch-metrics.window.js';

const LANES: readonly MetricOrigin[] = ['eventstoredb', 'host'];

const TOO_MANY_SERIES: Failure = {
  code: 'too_many_series',
  reason: 'The cluster has more counters than are remembered: want fewer of them in settings.metrics.',
};

/** A datum while it is put together: of a gauge what was measured, of a counter the increases. */
interface Draft {
  readonly origin: MetricOrigin;
  readonly head: Pick<Datum, 'MetricName' | 'Dimensions' | 'Unit'>;
  readonly type: 'gauge' | 'counter';
  readonly periodMs: number;
  readonly seqs: number[];
  readonly values: number[];
  readonly memory: Record<string, Reading>;
  newestMs: number;
}

/** Puts the points of one window into data. They must come in the order of time. */
class Drafts {
  readonly #place: StreamPlace;
  readonly #readings: Readings;
  readonly #settled: Settled;
  readonly #drafts = new Map<string, Draft>();
  /** The last datum with something of a counter, by the counter's key. */
  readonly #lastOf = new Map<string, Draft>();
  /** Where counters begin of which nothing goes before. */
  readonly #beginnings: { readonly seqs: number[]; readonly memory: Record<string, Reading> } = {
    seqs: [],
    memory: {},
  };

  constructor(place: StreamPlace, readings: Readings, settled: Settled) {
    this.#place = place;
    this.#readings = readings;
    this.#settled = settled;
  }

  add(point: Point): void {
    if (point.key === undefined) this.#put(point, point.sample.value);
    else this.#count(point, point.key);
  }

  get items(): MetricItem[] {
    return [...this.#drafts.values()].map(
      ({ origin, head, type, periodMs, seqs, values, newestMs, memory }) => {
        const measured = type === 'gauge' ? values : [values.reduce((sum, value) => sum + value, 0)];
        return { origin, datum: { ...head, ...valuesOf(measured) }, periodMs, seqs, newestMs, memory };
      },
    );
  }

  get beginnings(): readonly Settlement[] {
    return this.#beginnings.seqs.length === 0 ? [] : [{ end: 'coalesced', ...this.#beginnings }];
  }

  #count(point: Point, key: string): void {
    const { seq, timeMs, sample } = point;
    const reading = { value: sample.value, timeMs };
    const step = this.#readings.step(key, reading);
    if (!step) return this.#settled.add('rejected', seq, TOO_MANY_SERIES);
    // A later reading has counted it.
    if (step.kind === 'late') return this.#settled.add('coalesced', seq);
    if (step.kind === 'increase') {
      const draft = this.#put(point, step.by);
      draft.memory[key] = reading;
      this.#lastOf.set(key, draft);
      return;
    }
    // What goes before must not be overtaken: once the memory is past it, it would count as late.
    const before = this.#lastOf.get(key);
    (before ?? this.#beginnings).seqs.push(seq);
    (before ?? this.#beginnings).memory[key] = reading;
    if (before) before.newestMs = Math.max(before.newestMs, timeMs);
  }

  #put(point: Point, value: number): Draft {
    const { periodMs, node, sample, seq, timeMs } = point;
    const { name, type, origin } = sample;
    const head = {
      MetricName: plainText(name, MAX_NAME_CHARS),
      Dimensions: dimensionsOf(this.#place, node, sample),
      Unit: knownMetric(name)?.unit ?? 'None',
    };
    const key = JSON.stringify([periodMs, origin, type, head]);
    const fresh: Draft = { origin, head, type, periodMs, seqs: [], values: [], memory: {}, newestMs: 0 };
    const draft = this.#drafts.get(key) ?? fresh;
    draft.seqs.push(seq);
    draft.values.push(value);
    draft.newestMs = Math.max(draft.newestMs, timeMs);
    this.#drafts.set(key, draft);
    return draft;
  }
}

/** Lets the first that is settled take along what is to be forgotten: nothing in the window has to do with it. */
function forgetting<Parcelled extends { readonly memory?: Memory }>(
  [first, ...rest]: readonly Parcelled[],
  forgotten: Memory,
): readonly Parcelled[] {
  return first ? [{ ...first, memory: { ...forgotten, ...first.memory } }, ...rest] : [];
}

/**
 * What becomes of a stretch of a stream of samples. Pure. Samples of a period go when it is complete, one datum for each
 * metric and set of dimensions; what comes later makes another of the same period. Counters go as their increase since
 * what is remembered: an entry and the memory that counts it are always settled together.
 */
export function packSamples(window: Window, wants: (name: string) => boolean): Packing<MetricsParcel> {
  const settled = new Settled();
  const readings = new Readings(window.memory);
  const { points, oldestMs, waitUntil } = sortEntries(window, wants, settled);
  const drafts = new Drafts(window.place, readings, settled);
  for (const point of points) drafts.add(point);
  const { items } = drafts;
  const parcels = LANES.flatMap((lane) =>
    parcelsOf(
      lane,
      items.filter(({ origin }) => origin === lane),
    ),
  );
  const settlements = [...drafts.beginnings, ...settled.settlements];
  const forgotten = readings.forgotten(oldestMs);
  const waits = waitUntil ? { waitUntil } : {};
  if (oldestMs === Infinity || Object.keys(forgotten).length === 0)
    return { parcels, settled: settlements, ...waits };
  return settlements.length > 0
    ? { parcels, settled: forgetting(settlements, forgotten), ...waits }
    : { parcels: forgetting(parcels, forgotten), settled: [], ...waits };
}
