import type { Tempo } from './agent.js';
import { PATIENCE } from './sending/retry-delay.js';

export const TEMPO: Tempo = {
  pollMs: 1_000,
  awayAfterMs: 10_000,
  patience: PATIENCE,
  flushMs: 5_000,
  historyMs: 48 * 3_600_000,
};
