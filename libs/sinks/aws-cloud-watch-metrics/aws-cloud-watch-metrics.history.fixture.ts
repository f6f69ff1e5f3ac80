import fc from 'fast-check';
import type { NewEntry } from '../../domain/index.js';
import { entryOf } from './aws-cloud-watch-metrics.engine.fixture.js';

export const BEGIN = Date.parse('2026-11-28T10:00:07.250Z');
export const HOUR = 3_600_000;

/** A series, and how far the clock of its node goes wrong. */
interface Series {
  readonly name: string;
  readonly type: 'gauge' | 'counter';
  readonly labels: Readonly<Record<string, string>>;
  readonly node: string;
  readonly skewMs: number;
}
const series = (type: Series['type'], name: string, node = 'n1', labels = {}, skewMs = 0): Series => ({
  type,
  name,
  node,
  labels,
  skewMs,
});
export const SERIES: readonly Series[] = [
  series('counter', 'io_bytes', 'n1', { activity: 'read' }),
  series('counter', 'io_bytes', 'n2', { activity: 'read' }, 40_000),
  // Two of them in one datum: the catalog does not keep this label.
  series('counter', 'elections_count', 'n1', { pid: '1' }),
  series('counter', 'elections_count', 'n1', { pid: '2' }),
  series('counter', 'my_own_counter', 'n3', { é: 'ü', Node: 'x' }, 300_000),
  series('gauge', 'sys_load_avg', 'n1', { period: '1m' }),
  series('gauge', 'checkpoints', 'n2', { name: 'writer' }, -30_000),
  series('gauge', 'unwanted'),
];

export interface Step {
  readonly index: number;
  readonly gapMs: number;
  readonly change: number;
}
export const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.record({
    index: fc.nat(SERIES.length - 1),
    gapMs: fc.oneof(
      { weight: 20, arbitrary: fc.integer({ min: 1, max: 25_000 }) },
      { weight: 2, arbitrary: fc.integer({ min: 60_000, max: 50 * 60_000 }) },
      { weight: 1, arbitrary: fc.integer({ min: HOUR, max: 3 * HOUR }) },
    ),
    // Of a counter: how much it grows; below zero it begins anew and stands at so much.
    change: fc.integer({ min: -50, max: 1_000 }),
  }),
  { minLength: 1, maxLength: 120, size: 'max' },
);

/** The entries of a history, with what its counters truly grew by in every period. */
export function historyOf(history: readonly Step[]) {
  const standing = new Map<Series, { value: number; timeMs: number }>();
  const entries: NewEntry[] = [];
  const truth = new Map<string, number>();
  const measured = new Map<string, number[]>();
  let nowMs = BEGIN;
  for (const { index, gapMs, change } of history) {
    nowMs += gapMs;
    const one = SERIES[index]!;
    const timeMs = nowMs + one.skewMs;
    const last = standing.get(one);
    const isReset = change < 0;
    const value = one.type === 'gauge' ? change : isReset ? -change : (last?.value ?? 0) + change;
    entries.push(entryOf(timeMs, { ...one, value }, one.node));
    const key = `${one.name} ${one.node} ${Math.floor(timeMs / 60_000) * 60_000}`;
    if (one.type === 'gauge') measured.set(key, [...(measured.get(key) ?? []), value]);
    else if (last && timeMs - last.timeMs <= HOUR) {
      const grown = value < last.value ? value : value - last.value;
      truth.set(key, (truth.get(key) ?? 0) + grown);
    }
    standing.set(one, { value, timeMs });
  }
  return { entries, truth, measured, endMs: nowMs };
}
