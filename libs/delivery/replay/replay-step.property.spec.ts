import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decide } from '../decide.js';
import type { Action, DeliveryState } from '../delivery-state.js';
import { settle } from '../settle.js';
import { NOW, replayed } from '../testing/replayed-states.js';
import { replayStep, type ReplayContext } from './replay-step.js';

const context: fc.Arbitrary<ReplayContext> = fc
  .record({
    mode: fc.constantFrom('one' as const, 'since' as const, 'filter' as const),
    keyed: fc.boolean(),
    readsBack: fc.boolean(),
    blocked: fc.boolean(),
    isThrottled: fc.boolean(),
    hold: fc.constantFrom('filter' as const, 'silence' as const, null),
  })
  .map(({ mode, keyed, readsBack, blocked, isThrottled, hold }) => ({
    mode,
    subjectType: 'issue',
    readsBack,
    rules: { updateIntervalMs: 300_000, keyed, showsClosed: !keyed },
    view: {
      active: true,
      blocked,
      throttledUntil: isThrottled ? new Date(NOW.getTime() + 60_000) : null,
      hold: hold && { by: hold, type: hold, until: null, reason: 'Held back.' },
      storm: false,
    },
    now: NOW,
  }));

const sum = ({ settled, acceptedSeq, settledSeq }: DeliveryState): number =>
  Object.values(settled).reduce((total: number, units: number) => total + units, acceptedSeq - settledSeq);
const RUNS = { numRuns: 10_000 };

describe('a replay of any delivery in any state', () => {
  it('keeps the ledger balanced, and leaves as it is what it does nothing about', () => {
    fc.assert(
      fc.property(replayed, context, ({ state, subject }, given) => {
        const step = replayStep(state, subject, given);
        expect(sum(step.state)).toBe(sum(state));
        for (const units of Object.values(step.state.settled)) expect(units).toBeGreaterThanOrEqual(0);
        if (step.do === 'nothing') expect(step.state).toBe(state);
        else expect(step.state.parked !== (step.state.dueAt !== null)).toBe(true);
      }),
      RUNS,
    );
  });

  it('never posts what is closed, and never closes what is open', () => {
    fc.assert(
      fc.property(replayed, context, ({ state, subject }, given) => {
        const { do: done } = replayStep(state, subject, given);
        if (subject.status === 'closed') expect(['close', 'nothing']).toContain(done);
        else expect(done).not.toBe('close');
      }),
      RUNS,
    );
  });

  it('leaves the worker to do just what was promised, as soon as nothing hinders it', () => {
    fc.assert(
      fc.property(replayed, context, ({ state, subject }, given) => {
        const step = replayStep(state, subject, given);
        if (step.do === 'nothing') return;
        const view = { ...given.view, blocked: false, throttledUntil: null };
        const at = new Date(NOW.getTime() + 600_000);
        const decision = decide({ ...step.state, parked: false }, subject, view, at, given.rules);
        const call = 'call' in decision ? decision.call.do : 'none';
        const meant = {
          post: ['post', 'repost', 'recover'],
          update: ['update'],
          close: ['close', 'verify'],
          send: [],
        };
        expect(meant[step.do]).toContain(call);
      }),
      RUNS,
    );
  });

  it('has nothing more to do by a filter when the sink has taken what was sent', () => {
    fc.assert(
      fc.property(replayed, context, ({ state, subject }, given) => {
        const filter = { ...given, mode: 'filter' as const };
        const step = replayStep(state, subject, filter);
        if (step.do === 'nothing') return;
        const action: Action = step.do === 'post' || step.do === 'send' ? 'open' : step.do;
        const begun = { ...step.state, call: { action, shows: subject, startedAt: NOW } };
        const reply = { outcome: { kind: 'delivered' as const, ref: { ts: '2' } } };
        const done = settle(begun, reply, { now: NOW, random: () => 0, readsBack: false });
        expect(replayStep(done, subject, filter).do).toBe('nothing');
        expect(done.settledSeq).toBe(done.acceptedSeq);
      }),
      RUNS,
    );
  });
});
