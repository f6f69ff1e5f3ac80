import { describe, expect, it } from 'vitest';
import { cronProblem, isTimeZone, shortestGapMs, startsAround } from './cron-times.js';
import { lastEndBefore, nextOccurrence, occurrenceAt, type WindowTimes } from './window-times.js';

const HOUR_MS = 3_600_000;
const at = (text: string): Date => new Date(text);
const window = (change: Partial<WindowTimes> = {}): WindowTimes => ({
  cron: '0 22 * * *',
  timeZone: 'Europe/Berlin',
  durationMs: 4 * HOUR_MS,
  fromAt: at('2026-01-01T00:00:00Z'),
  untilAt: null,
  ...change,
});
const shown = (occurrence: { from: Date; until: Date } | null) =>
  occurrence && [occurrence.from.toISOString(), occurrence.until.toISOString()];

describe('a window', () => {
  it('is on from its start to before its end, across midnight', () => {
    const whole = ['2026-11-20T21:00:00.000Z', '2026-11-21T01:00:00.000Z'];
    expect(shown(occurrenceAt(window(), at('2026-11-20T20:59:59.999Z')))).toBeNull();
    for (const now of ['2026-11-20T21:00:00Z', '2026-11-20T23:30:00Z', '2026-11-21T00:59:59.999Z'])
      expect(shown(occurrenceAt(window(), at(now)))).toEqual(whole);
    expect(shown(occurrenceAt(window(), at('2026-11-21T01:00:00Z')))).toBeNull();
  });

  it('knows when it ended last and when it begins next', () => {
    const now = at('2026-11-20T23:30:00Z');
    expect(lastEndBefore(window(), now)?.toISOString()).toBe('2026-11-20T01:00:00.000Z');
    expect(lastEndBefore(window(), at('2026-11-21T01:00:00Z'))?.toISOString()).toBe(
      '2026-11-21T01:00:00.000Z',
    );
    expect(shown(nextOccurrence(window(), now))?.[0]).toBe('2026-11-21T21:00:00.000Z');
  });

  it('does not occur before it is from, nor after it is until, and is cut there', () => {
    const cut = window({ fromAt: at('2026-11-20T22:00:00Z'), untilAt: at('2026-11-21T22:00:00Z') });
    expect(occurrenceAt(cut, at('2026-11-20T21:30:00Z'))).toBeNull();
    expect(shown(nextOccurrence(cut, at('2026-11-19T12:00:00Z')))).toEqual([
      '2026-11-20T22:00:00.000Z',
      '2026-11-21T01:00:00.000Z',
    ]);
    expect(lastEndBefore(cut, at('2026-11-20T23:00:00Z'))).toBeNull();
    expect(shown(occurrenceAt(cut, at('2026-11-21T21:30:00Z')))?.[1]).toBe('2026-11-21T22:00:00.000Z');
    expect(lastEndBefore(cut, at('2026-12-01T00:00:00Z'))?.toISOString()).toBe('2026-11-21T22:00:00.000Z');
    expect(nextOccurrence(cut, at('2026-11-21T21:30:00Z'))).toBeNull();
    expect(occurrenceAt(cut, at('2026-11-21T22:00:00Z'))).toBeNull();
  });

  it('has no end of its own where it runs into its next occurrence', () => {
    const endless = window({
      cron: '0 * * * *',
      durationMs: 2 * HOUR_MS,
      fromAt: at('2026-11-20T00:00:00Z'),
    });
    expect(lastEndBefore(endless, at('2026-11-20T12:00:00Z'))).toBeNull();
    expect(occurrenceAt(endless, at('2026-11-20T12:00:00Z'))).not.toBeNull();
  });
});

describe('on the days on which the clock is changed', () => {
  it('a window of every night starts at the same time on the wall and lasts as long', () => {
    const nightly = window({ cron: '0 1 * * *' });
    const days = ['2027-03-27', '2027-03-28', '2027-03-29', '2026-10-25', '2026-10-26'];
    expect(days.map((day) => shown(nextOccurrence(nightly, at(`${day}T00:00:00Z`))))).toEqual([
      ['2027-03-28T00:00:00.000Z', '2027-03-28T04:00:00.000Z'],
      ['2027-03-28T23:00:00.000Z', '2027-03-29T03:00:00.000Z'],
      ['2027-03-29T23:00:00.000Z', '2027-03-30T03:00:00.000Z'],
      ['2026-10-26T00:00:00.000Z', '2026-10-26T04:00:00.000Z'],
      ['2026-10-27T00:00:00.000Z', '2026-10-27T04:00:00.000Z'],
    ]);
  });

  it('a start in the hour that is skipped in spring is an hour later, looked at from both sides', () => {
    const { last, next } = startsAround('30 2 * * *', 'Europe/Berlin', at('2027-03-28T01:00:00Z'));
    expect([last, next].map((start) => start?.toISOString())).toEqual([
      '2027-03-27T01:30:00.000Z',
      '2027-03-28T01:30:00.000Z',
    ]);
    const after = startsAround('30 2 * * *', 'Europe/Berlin', at('2027-03-28T12:00:00Z'));
    expect(after.last?.toISOString()).toBe('2027-03-28T01:30:00.000Z');
  });

  it('a start that comes twice in autumn is meant the first time only', () => {
    const first = at('2026-10-25T00:30:00Z');
    const { last, next } = startsAround('30 2 * * *', 'Europe/Berlin', at('2026-10-25T01:45:00Z'));
    expect([last, next]).toEqual([first, at('2026-10-26T01:30:00Z')]);
  });

  it('every moment lies between a last and a next start that are starts of each other', () => {
    const schedules = ['30 2 * * *', '0 * * * *', '15 1-3 * * *', '0 22 * * 6', '0 0 1 * *'];
    const zones = ['Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'America/Havana', 'UTC'];
    const days = [
      '2027-03-13',
      '2027-03-27',
      '2026-10-24',
      '2026-10-31',
      '2027-04-03',
      '2026-10-03',
      '2026-07-01',
    ];
    for (const cron of schedules)
      for (const zone of zones)
        for (const day of days)
          for (let minutes = 0; minutes < 48 * 60; minutes += 211) {
            const now = new Date(at(`${day}T00:00:00Z`).getTime() + minutes * 60_000);
            const { last, next } = startsAround(cron, zone, now);
            expect(last! <= now && now < next!, `${cron} ${zone} ${now.toISOString()}`).toBe(true);
            expect(startsAround(cron, zone, next!).last).toEqual(next);
            expect(startsAround(cron, zone, new Date(last!.getTime() - 1)).next).toEqual(last);
          }
  });
});

describe('a schedule', () => {
  it.each(['0 2 * * 6', '*/15 1-5 1,15 jan-mar MON', '0 0 29 2 *', ' 5  4 * * sun '])('may be %s', (cron) => {
    expect(cronProblem(cron)).toBeUndefined();
  });

  it.each([
    ['', 'five fields'],
    ['* * * *', 'five fields'],
    ['0 0 0 * * *', 'five fields'],
    ['@daily', 'five fields'],
    ['H 2 * * *', 'not understood: H'],
    ['61 * * * *', 'comes true'],
    ['0 0 31 4 *', 'there is no such day'],
    ['0 0 31 2,4,6 *', 'there is no such day'],
    ['0 5-1 * * *', 'comes true'],
  ])('may not be "%s"', (cron, why) => {
    expect(cronProblem(cron)).toContain(why);
  });

  it.each([
    ['0 2 * * *', 24 * HOUR_MS],
    ['0,20 6 * * *', HOUR_MS / 3],
    ['0 0 29 2 *', 4 * 365.25 * 24 * HOUR_MS],
    ['no schedule', undefined],
  ])('knows the shortest time between two starts of %s', (cron, gapMs) => {
    expect(shortestGapMs(cron, at('2026-11-20T00:00:00Z'))).toBe(gapMs);
  });

  it('that cannot be read has no starts', () => {
    const none = { last: null, next: null };
    expect(startsAround('no schedule', 'UTC', at('2026-11-20T00:00:00Z'))).toEqual(none);
    expect(startsAround('0 2 * * *', 'Mars/Olympus', at('2026-11-20T00:00:00Z'))).toEqual(none);
  });

  it('is in a zone of the IANA database', () => {
    expect(['Europe/Berlin', 'UTC', 'Asia/Kolkata'].map(isTimeZone)).toEqual([true, true, true]);
    const others = ['', 'Mars/Olympus', 'Europe', '+01:00', '-05'];
    expect(others.map(isTimeZone)).toEqual(others.map(() => false));
  });
});
