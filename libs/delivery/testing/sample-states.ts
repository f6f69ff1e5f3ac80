import type { Severity } from '../../domain/index.js';
import {
  EMPTY_MIRROR,
  type DeliveryState,
  type Mirror,
  type Settled,
  type Shown,
} from '../delivery-state.js';

export const NOW = new Date('2026-01-01T12:00:00Z');
/** So long after `NOW`; before it when negative. */
export const after = (ms: number): Date => new Date(NOW.getTime() + ms);

export const open = (seq: number, severity: Severity = 'warning'): Shown => ({
  seq,
  status: 'open',
  severity,
});
export const closed = (seq: number, severity: Severity = 'warning'): Shown => ({
  seq,
  status: 'closed',
  severity,
});
export const aMirror = (overrides: Partial<Mirror> = {}): Mirror => ({ ...EMPTY_MIRROR, ...overrides });
/** There is a message or alert, and it shows this since then. */
export const showing = (shown: Shown, changedAt = NOW): Mirror =>
  aMirror({ ref: { id: 'm1' }, shown, changedAt });
export const unanswered = (shown: Shown, searched = false, posts = 1): Mirror =>
  aMirror({ unknown: { posts, since: after(-1_000), shown, searched } });

export const NOTHING_SETTLED: Settled = {
  delivered: 0,
  coalesced: 0,
  rejected: 0,
  suppressed: 0,
  expired: 0,
};

/** One unit is owed, and nothing has happened yet. */
export const aState = (overrides: Partial<DeliveryState> = {}): DeliveryState => ({
  firstSeq: 1,
  acceptedSeq: 1,
  settledSeq: 0,
  settled: NOTHING_SETTLED,
  lastEnd: null,
  parked: false,
  dueAt: NOW,
  owedSince: NOW,
  failures: 0,
  mirror: EMPTY_MIRROR,
  call: null,
  held: null,
  stormId: null,
  ...overrides,
});
