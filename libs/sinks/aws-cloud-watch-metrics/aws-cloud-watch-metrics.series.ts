import { createHash } from 'node:crypto';
import type { MetricSample } from '../../domain/index.js';
import type { Memory } from '../stream-sink.js';

/** What a counter stood at when it was last counted. */
export interface Reading {
  readonly value: number;
  readonly timeMs: number;
}

/** Of a longer gap nobody knows what happened in it: what comes after begins anew. */
const FORGOTTEN_AFTER_MS = 3_600_000;
/** Ours: so many counters of one cluster are remembered; a reading takes about 100 bytes. */
export const MAX_SERIES = 10_000;
/** Longer keys are digests of themselves. */
const MAX_KEY_CHARS = 120;

/** The key of a counter in a stream's memory: `["n1","io_bytes","activity","read"]`. All labels tell counters apart. */
export function seriesKey(node: string, { name, labels }: MetricSample): string {
  const key = JSON.stringify([
    node,
    name,
    ...Object.entries(labels)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .flat(),
  ]);
  return key.length <= MAX_KEY_CHARS ? key : createHash('sha256').update(key).digest('base64url');
}

const isReading = (value: unknown): value is Reading =>
  typeof value === 'object' &&
  value !== null &&
  Number.isFinite((value as Partial<Reading>).value) &&
  Number.isFinite((value as Partial<Reading>).timeMs);

/**
 * What a reading means after the one before: `first` of its series, or first after a gap too long; `late`, for a later
 * one was counted; `increase` since, over whatever gap.
 */
export type Step =
  { readonly kind: 'first' } | { readonly kind: 'late' } | { readonly kind: 'increase'; readonly by: number };

export function stepTo(next: Reading, last: Reading | undefined): Step {
  if (!last || next.timeMs - last.timeMs > FORGOTTEN_AFTER_MS) return { kind: 'first' };
  if (next.timeMs <= last.timeMs) return { kind: 'late' };
  // Below the last one it began at 0 again in between, and reached this since.
  const by = next.value < last.value ? Math.max(0, next.value) : next.value - last.value;
  return { kind: 'increase', by };
}

/** The counters of a stream as one window sees them: what is remembered, and over it what the window adds. */
export class Readings {
  readonly #remembered = new Map<string, Reading>();
  readonly #updated = new Set<string>();

  constructor(memory: Memory) {
    for (const [key, value] of Object.entries(memory)) if (isReading(value)) this.#remembered.set(key, value);
  }

  /** Undefined when there is no place for one more series. */
  step(key: string, next: Reading): Step | undefined {
    const last = this.#remembered.get(key);
    if (!last && this.#remembered.size >= MAX_SERIES) return undefined;
    const step = stepTo(next, last);
    if (step.kind === 'late') return step;
    this.#remembered.set(key, next);
    this.#updated.add(key);
    return step;
  }

  /**
   * A patch that removes what can count no more when nothing before `oldestMs` is left to come. Twice the time after which
   * a reading begins anew, for entries may be late.
   */
  forgotten(oldestMs: number): Memory {
    const keys = [...this.#remembered].filter(
      ([key, { timeMs }]) => !this.#updated.has(key) && timeMs < oldestMs - 2 * FORGOTTEN_AFTER_MS,
    );
    return Object.fromEntries(keys.map(([key]) => [key, null]));
  }
}
