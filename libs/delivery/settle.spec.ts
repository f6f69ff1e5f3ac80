import { expect, it } from 'vitest';
import type { Outcome } from '../domain/index.js';
import { EMPTY_MIRROR, type DeliveryState } from './delivery-state.js';
import { settle } from './settle.js';

const NOW = new Date('2026-01-01T12:00:00Z');
const BEGUN: DeliveryState = {
  firstSeq: 1,
  acceptedSeq: 1,
  settledSeq: 0,
  settled: { delivered: 0, coalesced: 0, rejected: 0, suppressed: 0, expired: 0 },
  lastEnd: null,
  held: null,
  stormId: null,
  parked: false,
  dueAt: null,
  owedSince: NOW,
  failures: 0,
  mirror: EMPTY_MIRROR,
  call: { action: 'open', shows: { seq: 1, status: 'open', severity: 'warning' }, startedAt: NOW },
};

it('an outcome that there is not settles nothing', () => {
  const outcome = { kind: '[token]', code: 'a', reason: 'b' } as unknown as Outcome;
  expect(() => settle(BEGUN, { outcome }, { now: NOW, random: () => 0, readsBack: false })).toThrow(
    'no such outcome: [token]',
  );
});
