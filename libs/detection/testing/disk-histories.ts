import type { DetectionSettings, Transition } from '../detector.js';
import { diskUsage } from '../disk-usage.js';
import type { DriveFigures } from '../observation.js';

export const START_MS = Date.parse('2026-01-01T00:00:00Z');

export const settings: DetectionSettings = {
  diskThresholdPercent: 80,
  diskWindowMs: 60_000,
  consensusConfirmAfterMs: 10_000,
  hostMaxGapMs: 45_000,
  gossipMaxGapMs: 90_000,
};

/** One poll of the node's host figures; null when it failed. */
export interface Step {
  readonly atSeconds: number;
  readonly drives: readonly DriveFigures[] | null;
}

export const toJsonAndBack = (state: unknown): unknown => JSON.parse(JSON.stringify(state));

/** Runs the detector over a history of one node, from stored state. */
export function historyOf(
  steps: readonly Step[],
  changed: Partial<DetectionSettings> = {},
  stored?: unknown,
) {
  let state = diskUsage.restore(stored);
  const transitions: Transition[] = [];
  for (const { atSeconds, drives } of steps) {
    const at = new Date(START_MS + atSeconds * 1_000).toISOString();
    const stats =
      drives === null
        ? { at, ok: false as const, code: 'timeout', reason: 'n1 did not answer' }
        : { at, ok: true as const, value: { drives } };
    const look = {
      cluster: { name: 'orders-db' },
      node: { id: 'node-1', address: 'https://n1.example.com:2113' },
      observations: { stats },
    };
    const evaluation = diskUsage.evaluate(state, look, { ...settings, ...changed });
    state = evaluation.state;
    transitions.push(...evaluation.transitions);
  }
  return { state, transitions };
}

/** Seconds after the start at which `open` was emitted. */
export const openings = ({ transitions }: { readonly transitions: readonly Transition[] }): number[] =>
  transitions.filter(({ event }) => event === 'open').map(({ time }) => (time.getTime() - START_MS) / 1_000);
