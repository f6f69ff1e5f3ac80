import type { MetricSample, NewEntry, StreamEntry } from '../../domain/index.js';
import type { Memory, Settlement, Window } from '../stream-sink.js';
import { packSamples } from './aws-cloud-watch-metrics.pack.js';
import { halvesOf, type MetricItem, type MetricsParcel } from './aws-cloud-watch-metrics.parcels.js';

export const PLACE = { clusterId: 'd3v1kq0000000000000c', clusterName: 'orders-db' };

export const sampleOf = (sample: Partial<MetricSample>): MetricSample => ({
  name: 'sys_cpu',
  labels: {},
  value: 1,
  type: 'gauge',
  origin: 'eventstoredb',
  ...sample,
});

export const entryOf = (timeMs: number, sample: Partial<MetricSample>, node = 'n1'): NewEntry => ({
  timeMs,
  node,
  level: null,
  body: JSON.stringify(sampleOf(sample)),
});

export const numbered = (entries: readonly NewEntry[]): StreamEntry[] =>
  entries.map((entry, index) => ({ ...entry, seq: index + 1 }));

/** The whole of a stream, well after all of it. */
export function windowOf(entries: readonly NewEntry[], change: Partial<Window> = {}): Window {
  const latest = entries.reduce((most, { timeMs }) => Math.max(most, timeMs), 0);
  const now = new Date(latest + 600_000);
  return { place: PLACE, entries: numbered(entries), memory: {}, now, isAll: true, ...change };
}

/** How a call ends: `fails` is of one that may go later, so that its lane stands still until then. */
export type Verdict = 'delivered' | 'fails' | 'refused';

/**
 * Delivery in small: cuts windows out of a stream, sends lane by lane, bisects what is refused, and packs again without
 * what is settled. Nothing is remembered but what parcels and settlements say.
 */
export class SmallEngine {
  memory: Memory = {};
  /** How every entry ended, by its `seq`. */
  readonly ends = new Map<number, string>();
  readonly delivered: MetricItem[] = [];
  readonly refused: MetricItem[] = [];
  readonly #stream: readonly StreamEntry[];
  readonly #wants: (name: string) => boolean;

  constructor(stream: readonly StreamEntry[], wants: (name: string) => boolean) {
    this.#stream = stream;
    this.#wants = wants;
  }

  get unsettled(): readonly StreamEntry[] {
    return this.#stream.filter(({ seq }) => !this.ends.has(seq));
  }

  /** One window of at most `size` entries. Answers with what was packed. */
  round(size: number, now: Date, verdict: () => Verdict): readonly MetricsParcel[] {
    const entries = this.unsettled.slice(0, size);
    const isAll = entries.length === this.unsettled.length;
    const window = { place: PLACE, entries, memory: this.memory, now, isAll };
    const { parcels, settled } = packSamples(window, this.#wants);
    for (const settlement of settled) this.#settle(settlement.seqs, settlement.end, settlement.memory);
    for (const lane of new Set(parcels.map((parcel) => parcel.lane)))
      parcels.filter((parcel) => parcel.lane === lane).every((parcel) => this.#send(parcel, verdict));
    return parcels;
  }

  /** Whether what comes after it in its lane may go. */
  #send(parcel: MetricsParcel, verdict: () => Verdict): boolean {
    const end = verdict();
    if (end === 'fails') return false;
    if (end === 'refused' && parcel.data.length > 1)
      return halvesOf(parcel).every((half) => this.#send(half, verdict));
    this.#settle(parcel.seqs, end === 'refused' ? 'rejected' : 'delivered', parcel.memory);
    (end === 'refused' ? this.refused : this.delivered).push(...parcel.data);
    return true;
  }

  #settle(seqs: readonly number[], end: Settlement['end'] | 'delivered', patch: Memory = {}): void {
    for (const seq of seqs) {
      if (this.ends.has(seq)) throw new Error(`The entry ${seq} was settled before`);
      this.ends.set(seq, end);
    }
    const laid = Object.entries({ ...this.memory, ...patch }).filter(([, value]) => value !== null);
    // As it is after a round through the database.
    this.memory = JSON.parse(JSON.stringify(Object.fromEntries(laid))) as Memory;
  }
}
