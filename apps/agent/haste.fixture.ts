import type { Tempo } from './agent.js';

/** As ever, only without the waiting. */
export const HASTE: Tempo = {
  pollMs: 2,
  awayAfterMs: 20,
  patience: { baseMs: 1, capMs: 4, slowMs: 3 },
  flushMs: 2_000,
  historyMs: 48 * 3_600_000,
};
