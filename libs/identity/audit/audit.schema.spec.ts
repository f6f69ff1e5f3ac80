import { describe, expect, it } from 'vitest';
import { auditQuery } from './audit.schema.js';

describe('a query of the audit log', () => {
  it.each([
    ['2026-11-20T12:00:00Z', '2026-11-20T12:00:00.000Z'],
    ['2026-11-20T12:00:00.5+01:00', '2026-11-20T11:00:00.500Z'],
    ['2026-11-20', '2026-11-20T00:00:00.000Z'],
  ])('reads the moment %s', (text, expected) => {
    const { before, after } = auditQuery.parse({ before: text, after: text });
    expect([before?.toISOString(), after?.toISOString()]).toEqual([expected, expected]);
  });

  it.each(['', 'yesterday', '2026-13-01', '2026-02-30', '2026-11-20T12:00:00', '1700000000'])(
    'refuses the moment %j',
    (text) => {
      expect(auditQuery.safeParse({ before: text }).error?.issues[0]?.path).toEqual(['before']);
    },
  );

  it.each([
    [undefined, 100],
    ['1', 1],
    ['1000', 1_000],
  ])('reads the limit %s as %s', (limit, expected) => {
    expect(auditQuery.parse({ limit }).limit).toBe(expected);
  });

  it.each(['0', '1001', '-1', '1.5', 'ten', ''])('refuses the limit %j', (limit) => {
    expect(auditQuery.safeParse({ limit }).success).toBe(false);
  });

  it('reads a cursor as the time and number of an entry', () => {
    const time = new Date('2026-11-20T12:00:00Z');
    expect(auditQuery.parse({ cursor: `${time.getTime()}-42` }).cursor).toEqual({ time, seq: '42' });
  });

  it.each(['', '42', '-42', '1-', '1-2-3', `1-${'9'.repeat(19)}`])('refuses the cursor %j', (cursor) => {
    expect(auditQuery.safeParse({ cursor }).success).toBe(false);
  });
});
