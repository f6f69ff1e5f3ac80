import { describe, expect, it } from 'vitest';
import { Problem } from '../domain/index.js';
import { cursorOf, observationQuery, placeAfter, rangeOf } from './observations.schema.js';

const NOW = new Date('2026-01-01T12:00:00Z');

const range = (query: object) => {
  const { from, to } = rangeOf(observationQuery.parse(query), NOW);
  return [from.toISOString(), to.toISOString()];
};
const fieldsOf = (work: () => unknown): string[] => {
  try {
    work();
    return [];
  } catch (error) {
    return Object.keys((error as Problem).fields ?? {});
  }
};

describe('the time of observations', () => {
  it('is the last hour when nothing is said', () => {
    expect(range({})).toEqual(['2026-01-01T11:00:00.000Z', '2026-01-01T12:00:00.000Z']);
  });

  it('ends now, or begins an hour before its end', () => {
    expect(range({ from: '2026-01-01T00:00:00Z' })[1]).toBe(NOW.toISOString());
    expect(range({ to: '2026-01-01T03:00:00Z' })[0]).toBe('2026-01-01T02:00:00.000Z');
  });

  it('may have an offset, whose plus a query turns into a blank', () => {
    for (const from of ['2026-01-01T02:00:00+02:00', '2026-01-01T02:00:00 02:00'])
      expect(range({ from })[0]).toBe('2026-01-01T00:00:00.000Z');
  });

  it('may be a moment, and the beginning of all times', () => {
    const moment = '2026-01-01T00:00:00Z';
    expect(range({ from: moment, to: moment })[0]).toBe('2026-01-01T00:00:00.000Z');
    expect(range({ from: '0001-01-01T00:00:00Z', to: '9999-12-31T23:59:59-23:59' })).toEqual([
      '2000-01-01T00:00:00.000Z',
      '9000-01-01T00:00:00.000Z',
    ]);
  });

  it.each([
    ['reversed', { from: '2026-01-01T02:00:00Z', to: '2026-01-01T01:00:00Z' }],
    ['in the future', { from: '2026-01-02T00:00:00Z' }],
  ])('may not be %s', (_what, query) => {
    expect(fieldsOf(() => range(query))).toEqual(['from']);
  });
});

describe('a cursor', () => {
  it('leads back to its place', () => {
    const place = { at: NOW, round: 'host' as const };
    expect(placeAfter(cursorOf(place))).toEqual(place);
    expect(placeAfter(undefined)).toBeUndefined();
  });

  it.each([
    '',
    'x',
    cursorOf({ at: NOW, round: 'other' }),
    Buffer.from('999999999999999 host').toString('base64url'),
  ])('that is none (%s) is refused by name', (cursor) => {
    expect(fieldsOf(() => placeAfter(cursor))).toEqual(['after']);
  });
});
