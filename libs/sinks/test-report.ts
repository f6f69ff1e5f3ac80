import type { Outcome } from '../domain/index.js';
import type { TestReport } from './sink.js';

/** A test that ended well, with what it found. */
export const passed = (...findings: readonly string[]): TestReport => ({ ok: true, findings });

/** A test that failed, with what it found before. */
export const failed = (outcome: Outcome, ...findings: readonly string[]): TestReport => ({
  ok: false,
  findings: 'reason' in outcome ? [...findings, outcome.reason] : findings,
  outcome,
});
