import { describe, expect, it } from 'vitest';
import type { Outcome } from '../domain/index.js';
import type { Recovery } from '../sinks/index.js';
import type { DeliveryState } from './delivery-state.js';
import { settle } from './settle.js';
import { after, aMirror, aState, NOW, open, unanswered } from './testing/sample-states.js';

const NOTE = { code: 'test', reason: 'As scripted.' };
const CALL = { action: 'recover', shows: open(2), startedAt: NOW } as const;
const SEARCHING = aState({ acceptedSeq: 2, mirror: unanswered(open(1)), failures: 1, call: CALL });
const DONE: Outcome = { kind: 'delivered', ref: {} };
const searched = (recovery: Recovery, state = SEARCHING): DeliveryState =>
  settle(state, { outcome: DONE, recovery }, { now: NOW, random: () => 0, readsBack: false });
const failed = (outcome: Outcome): Recovery => ({ kind: 'failed', reply: { outcome } });

describe('a search for a message whose post had no verdict', () => {
  it('that finds it has delivered what that message shows, and no more', () => {
    expect(searched({ kind: 'found', ref: { id: 'm1' } })).toMatchObject({
      call: null,
      dueAt: NOW,
      failures: 0,
      settledSeq: 1,
      settled: { delivered: 1 },
      mirror: aMirror({ ref: { id: 'm1' }, shown: open(1), changedAt: NOW }),
    });
  });

  it('that finds none has it posted again, unmarked', () => {
    expect(searched({ kind: 'absent' })).toMatchObject({
      dueAt: NOW,
      settledSeq: 0,
      mirror: { unknown: null },
    });
  });

  it.each<[string, Recovery]>([
    ['may not be made', { kind: 'unable' }],
    ['is refused for good', failed({ kind: 'rejected', ...NOTE })],
    ['is refused in part', failed({ kind: 'partial', rejected: [] })],
  ])('that %s is not made again', (_sentence, recovery) => {
    expect(searched(recovery)).toMatchObject({
      dueAt: NOW,
      settledSeq: 0,
      mirror: { unknown: { posts: 1, searched: true } },
    });
  });

  it.each<[Outcome, object]>([
    [
      { kind: 'transient', ...NOTE },
      { failures: 2, dueAt: after(1_000) },
    ],
    [
      { kind: 'ambiguous', ...NOTE },
      { failures: 2, dueAt: after(1_000) },
    ],
    [{ kind: 'throttled', waitMs: 5_000, ...NOTE }, { dueAt: after(5_000) }],
    [
      { kind: 'unauthorized', ...NOTE },
      { parked: true, dueAt: null },
    ],
  ])('that ends as $0.kind is made again', (outcome, expected) => {
    expect(searched(failed(outcome))).toMatchObject({ ...expected, mirror: SEARCHING.mirror });
  });

  it('for nothing looks again', () => {
    const state = { ...SEARCHING, mirror: aMirror() };
    expect(searched({ kind: 'absent' }, state)).toMatchObject({ dueAt: NOW, mirror: aMirror() });
  });
});
