import { describe, expect, it } from 'vitest';
import { EMPTY_MIRROR, type DeliveryState, type Mirror, type Shown } from '../delivery-state.js';
import { replayStep, type ReplayContext, type ReplayMode } from './replay-step.js';

const NOW = new Date('2026-01-01T12:00:00Z');
const OPEN: Shown = { seq: 3, status: 'open', severity: 'warning' };
const CLOSED: Shown = { ...OPEN, status: 'closed' };
const shows = (shown: Shown): Mirror => ({ ...EMPTY_MIRROR, ref: { ts: '1' }, shown, changedAt: NOW });

function stateOf(change: Partial<DeliveryState> = {}): DeliveryState {
  return {
    firstSeq: 1,
    acceptedSeq: 3,
    settledSeq: 3,
    settled: { delivered: 1, coalesced: 0, rejected: 2, suppressed: 0, expired: 0 },
    lastEnd: 'rejected',
    parked: false,
    dueAt: null,
    owedSince: null,
    failures: 0,
    held: null,
    stormId: null,
    mirror: { ...EMPTY_MIRROR, refused: { at: NOW, shown: OPEN } },
    call: null,
    ...change,
  };
}

function replay(
  state: DeliveryState,
  subject: Shown,
  mode: ReplayMode = 'one',
  { view, ...change }: Partial<Omit<ReplayContext, 'view'>> & { view?: Partial<ReplayContext['view']> } = {},
) {
  return replayStep(state, subject, {
    mode,
    subjectType: 'issue',
    view: { active: true, blocked: false, throttledUntil: null, hold: null, storm: false, ...view },
    rules: { updateIntervalMs: 300_000, keyed: false, showsClosed: true },
    readsBack: false,
    now: NOW,
    ...change,
  });
}

describe('a replay', () => {
  it('posts what is open and was refused, and owes its refused units again', () => {
    const { do: done, state } = replay(stateOf(), OPEN, 'filter');
    expect(done).toBe('post');
    expect(state).toMatchObject({ settledSeq: 1, dueAt: NOW, settled: { delivered: 1, rejected: 0 } });
    expect(state.mirror.refused).toBeNull();
  });

  it('pages nobody for what is closed and was never shown', () => {
    const state = stateOf();
    expect(replay(state, CLOSED)).toMatchObject({ do: 'nothing', state });
    expect(replay(state, CLOSED).reason).toContain('pages nobody');
  });

  it('closes what is closed and still shown as open', () => {
    expect(replay(stateOf({ mirror: shows({ ...OPEN, seq: 1 }) }), CLOSED).do).toBe('close');
  });

  it('tells again what is shown already, at once, when it is asked for by itself or by time, but not by a filter', () => {
    const state = stateOf({ mirror: shows(OPEN) });
    expect(replay(state, OPEN, 'one')).toMatchObject({ do: 'update', state: { dueAt: NOW } });
    expect(replay(state, OPEN, 'since').do).toBe('update');
    expect(replay(state, OPEN, 'filter')).toMatchObject({ do: 'nothing', state });
  });

  it('reads back what is shown as closed, where the sink can be read', () => {
    const state = stateOf({ mirror: shows(CLOSED) });
    expect(replay(state, CLOSED).do).toBe('nothing');
    const step = replay(state, CLOSED, 'one', { readsBack: true });
    expect(step).toMatchObject({ do: 'close', state: { mirror: { verify: { at: NOW, round: 1 } } } });
  });

  it('forgets that a person ended it at the sink, but not by a filter', () => {
    const mirror: Mirror = { ...EMPTY_MIRROR, lost: true, ended: OPEN };
    expect(replay(stateOf({ mirror }), OPEN).do).toBe('post');
    const kept = replay(stateOf({ mirror }), OPEN, 'filter');
    expect(kept).toMatchObject({ do: 'nothing', reason: expect.stringContaining('A person ended it') });
    expect(replay(stateOf({ mirror }), { ...OPEN, severity: 'critical' }, 'filter').do).toBe('post');
  });

  it('leaves to a hold that is on what it holds back, and says which it is', () => {
    const hold = {
      by: 's1',
      type: 'silence',
      until: NOW,
      reason: 'A silence by alice holds it back.',
    } as const;
    const state = stateOf({ held: { by: 's1', since: NOW } });
    expect(replay(state, OPEN, 'one', { view: { hold } })).toEqual({
      do: 'nothing',
      reason: hold.reason,
      state,
    });
    expect(replay(state, OPEN, 'one').do).toBe('post');
  });

  it('tries once more what was given up because nobody knew whether it had landed', () => {
    const unknown = { posts: 2, since: NOW, shown: OPEN, searched: true };
    const { do: done, state } = replay(stateOf({ mirror: { ...EMPTY_MIRROR, unknown } }), OPEN, 'filter');
    expect([done, state.mirror.unknown]).toEqual(['post', { ...unknown, posts: 1, searched: false }]);
  });

  it('makes due at once what waits for its next try, and says what waits for the integration', () => {
    const later = new Date(NOW.getTime() + 60_000);
    const waiting = stateOf({
      settledSeq: 2,
      failures: 4,
      dueAt: later,
      settled: { ...stateOf().settled, rejected: 1 },
    });
    expect(replay(waiting, OPEN)).toMatchObject({ do: 'post', state: { dueAt: NOW, failures: 0 } });
    const parked = { ...waiting, parked: true, dueAt: null };
    expect(replay(parked, OPEN, 'one', { view: { blocked: true } })).toMatchObject({
      do: 'nothing',
      state: parked,
    });
    const step = replay(stateOf(), OPEN, 'one', { view: { blocked: true } });
    expect(step).toMatchObject({ do: 'post', state: { parked: true, dueAt: null } });
    expect(step.reason).toContain('when the integration is mended');
  });

  it('sends a notification that was not delivered, and never one that was', () => {
    const settled = { delivered: 0, coalesced: 0, rejected: 1, suppressed: 0, expired: 0 };
    const one = stateOf({ acceptedSeq: 1, settledSeq: 1, settled, mirror: EMPTY_MIRROR });
    const subject = { ...OPEN, seq: 1 };
    expect(replay(one, subject, 'filter', { subjectType: 'notification' }).do).toBe('send');
    const sent = { ...one, settled: { ...settled, rejected: 0, delivered: 1 }, mirror: shows(subject) };
    expect(replay(sent, subject, 'one', { subjectType: 'notification' }).do).toBe('nothing');
  });

  it('leaves alone what a summary shows, what awaits a verdict, and what the integration does not take', () => {
    expect(replay(stateOf({ stormId: 's', lastEnd: 'delivered' }), OPEN).do).toBe('nothing');
    const pending = { receipt: {}, action: 'open', shows: OPEN, since: NOW, asks: 0 } as const;
    expect(replay(stateOf({ mirror: { ...EMPTY_MIRROR, pending } }), OPEN).do).toBe('nothing');
    expect(replay(stateOf(), OPEN, 'one', { view: { active: false } }).do).toBe('nothing');
  });
});
