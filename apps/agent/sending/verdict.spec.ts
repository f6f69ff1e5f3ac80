import { describe, expect, it } from 'vitest';
import { verdictOf } from './verdict.js';

const NOW = Date.parse('2026-01-11T12:00:00Z');
const of = (status: number, retryAfter?: string) =>
  verdictOf({ status, body: ' {"error":\n"x"} ', retryAfter, location: undefined }, NOW);

describe('an answer', () => {
  it.each([
    ['taken', [200, 202, 204]],
    ['refused', [400, 413, 422]],
    ['away', [408, 429, 500, 502, 503, 504]],
    ['unwelcome', [301, 307, 308, 401, 403, 404, 405, 415]],
  ])('means %s: %j', (kind, statuses) => {
    expect(statuses.map((status) => of(status).kind)).toEqual(statuses.map(() => kind));
  });

  it.each([
    ['3', 3_000],
    ['Sun, 11 Jan 2026 12:00:05 GMT', 5_000],
    ['Sun, 11 Jan 2026 11:00:00 GMT', 0],
    ['86400', 600_000],
    ['soon', undefined],
    [undefined, undefined],
  ])('asks for a pause with %j', (text, expected) => {
    expect(of(503, text)).toMatchObject({ kind: 'away', reason: 'The hub answered 503: {"error": "x"}' });
    expect((of(429, text) as { retryAfterMs?: number }).retryAfterMs).toBe(expected);
  });

  it('says what to do about a token, a project and a URL', () => {
    expect([401, 403, 404].map((status) => (of(status) as { reason: string }).reason)).toEqual([
      expect.stringContaining('--token'),
      expect.stringContaining('ingest token'),
      expect.stringContaining('--hub'),
    ]);
  });
});
