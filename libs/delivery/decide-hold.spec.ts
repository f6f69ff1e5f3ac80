import { describe, expect, it } from 'vitest';
import type { DeliveryState, Shown } from './delivery-state.js';
import { ALERTS, FILTER, HELD, look, nameOf, SHOWN_OWING, SILENCE } from './testing/sample-decisions.js';
import {
  after,
  aMirror,
  aState,
  closed,
  NOTHING_SETTLED,
  NOW,
  open,
  unanswered,
} from './testing/sample-states.js';

describe('a hold', () => {
  const lost = aState({ mirror: aMirror({ lost: true }) });
  const unknown = aState({ mirror: unanswered(open(1)) });
  const searched = aState({ mirror: unanswered(open(1), true) });

  it.each<[string, DeliveryState, Shown, string, string, string]>([
    ['never shown, open', aState(), open(1), 'suppressed', 'suppressed', 'suppressed'],
    ['never shown, closed', aState(), closed(1), 'suppressed', 'suppressed', 'suppressed'],
    ['gone, open', lost, open(1), 'suppressed', 'suppressed', 'suppressed'],
    ['shown, open', SHOWN_OWING, open(2), 'update', 'update', 'suppressed'],
    ['shown, closed', SHOWN_OWING, closed(2), 'close', 'close', 'close'],
    ['perhaps shown, open', unknown, open(1), 'recover', 'suppressed', 'suppressed'],
    ['perhaps shown and searched for, open', searched, open(1), 'suppressed', 'suppressed', 'suppressed'],
    ['perhaps shown, closed', unknown, closed(1), 'recover', 'close', 'recover'],
  ])('of what is %s', (_what, state, subject, filtered, filteredAlert, silenced) => {
    expect(nameOf(look(state, subject, { hold: FILTER }))).toBe(filtered);
    expect(nameOf(look(state, subject, { hold: FILTER }, ALERTS))).toBe(filteredAlert);
    expect(nameOf(look(state, subject, { hold: SILENCE })).replace(' until 60000', '')).toBe(silenced);
  });

  it('that is over owes an open issue again, but no notification: it would be news of something long past', () => {
    expect(nameOf(look(HELD, open(1)))).toBe('post');
    const notification: Shown = { ...open(1), once: true };
    expect(look(HELD, notification)).toMatchObject({
      rest: { held: null, dueAt: null, settledSeq: 1, settled: { suppressed: 1 } },
    });
  });

  it('says who holds it back, since when, and when to look again', () => {
    const held = look(aState({ parked: true, failures: 3 }), open(1), { hold: SILENCE });
    expect(held).toMatchObject({
      rest: {
        held: { by: 's1', since: NOW },
        dueAt: SILENCE.until,
        parked: false,
        failures: 0,
        owedSince: null,
      },
    });
    const more = look({ ...HELD, acceptedSeq: 2 }, open(2), { hold: SILENCE });
    expect(more).toMatchObject({ rest: { held: HELD.held, settled: { suppressed: 2 } } });
    const other = look({ ...HELD, acceptedSeq: 2 }, open(2), { hold: FILTER });
    expect(other).toMatchObject({ rest: { held: { by: 'filter', since: NOW }, dueAt: null } });
  });

  it('that was extended goes on holding until its end', () => {
    const extended = { ...SILENCE, until: after(3_600_000) };
    expect(look(HELD, open(1), { hold: extended })).toMatchObject({
      rest: { held: HELD.held, dueAt: extended.until, settled: { suppressed: 1 } },
    });
  });

  it('that takes over from another is looked at when it ends', () => {
    expect(look(HELD, open(1), { hold: FILTER })).toMatchObject({
      rest: { held: { by: 'filter', since: HELD.held!.since }, dueAt: null },
    });
  });

  it('that is over lets go one unit of what is open, and it is shown', () => {
    const held = { ...HELD, acceptedSeq: 3, settledSeq: 3, settled: { ...NOTHING_SETTLED, suppressed: 3 } };
    const decision = look(held, open(3));
    expect(nameOf(decision)).toBe('post');
    expect(decision).toMatchObject({ state: { held: null, settledSeq: 2, settled: { suppressed: 2 } } });
  });

  it('that is over lets go nothing more when something is owed anyway', () => {
    const decision = look({ ...HELD, acceptedSeq: 2 }, open(2));
    expect(decision).toMatchObject({
      call: { do: 'post' },
      state: { settled: { suppressed: 1 }, settledSeq: 1 },
    });
  });

  it('that is over leaves suppressed what has been closed meanwhile', () => {
    expect(look(HELD, closed(1))).toMatchObject({
      rest: { held: null, dueAt: null, settled: { suppressed: 1 }, settledSeq: 1 },
    });
  });

  it('that is over while the integration fails leaves the unit parked', () => {
    expect(look(HELD, open(1), { blocked: true })).toMatchObject({
      rest: { held: null, parked: true, dueAt: null, settledSeq: 0 },
    });
  });
});
