import { describe, expect, it } from 'vitest';
import type { Outcome } from '../domain/index.js';
import type { Mirror } from './delivery-state.js';
import { MAX_AGE_MS, settleCall, settleCrashed } from './settle-call.js';
import { after, aState, NOW, open, showing } from './testing/sample-states.js';

const NOTE = { code: 'test', reason: 'As scripted.' };
const CONTEXT = { now: NOW, random: () => 0, readsBack: true };
const OPENING = { action: 'open', shows: open(1), startedAt: after(-500) } as const;
const SHOWN = aState({ acceptedSeq: 2, settledSeq: 1, mirror: showing(open(1), after(-900_000)) });

describe('what could not go for a day', () => {
  const old = aState({ acceptedSeq: 2, owedSince: after(-MAX_AGE_MS), failures: 9 });
  const transient: Outcome = { kind: 'transient', ...NOTE };

  it('is given up, and not a moment before', () => {
    expect(settleCall(old, OPENING, transient, CONTEXT)).toMatchObject({
      settled: { expired: 2 },
      dueAt: null,
      failures: 0,
    });
    const younger = { ...old, owedSince: after(1 - MAX_AGE_MS) };
    expect(settleCall(younger, OPENING, transient, CONTEXT)).toMatchObject({ settledSeq: 0, failures: 10 });
  });

  it('is not given up while its integration fails', () => {
    expect(settleCall({ ...old, parked: true }, OPENING, transient, CONTEXT)).toMatchObject({
      settledSeq: 0,
    });
  });
});

describe('a worker that died', () => {
  it.each<['open' | 'update' | 'close' | 'recover' | 'confirm' | 'verify', Partial<Mirror>]>([
    ['open', { unknown: { posts: 1, since: after(-500), shown: open(2), searched: false } }],
    ['update', { changedAt: after(-500) }],
    ['close', { changedAt: after(-500) }],
    ['recover', {}],
    ['confirm', {}],
    ['verify', {}],
  ])('during %s leaves a call without a verdict', (action, change) => {
    const died = { ...SHOWN, call: { action, shows: open(2), startedAt: after(-500) } };
    expect(settleCrashed(died)).toEqual({ ...SHOWN, mirror: { ...SHOWN.mirror, ...change } });
  });

  it('during nothing leaves nothing', () => {
    expect(settleCrashed(SHOWN)).toBe(SHOWN);
  });
});
