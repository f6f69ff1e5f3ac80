import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { OldRow } from './import-source.js';
import { OLD_NOW_MS, OLD_TIMESTAMP } from './old-tables.fixture.js';
import { readOldTime, repairRow } from './repair-row.js';

const row: OldRow = {
  id: 1,
  timestamp: String(OLD_TIMESTAMP),
  name: 'job',
  hostname: 'node-1',
  type: 'node',
  typeid: '0',
  stype: null,
  stypeid: null,
  othertags: null,
  field: 'payload',
};
const of = { table: 'tc_events', cluster: 'tc', kind: 'event' } as const;
const repaired = (members: Partial<OldRow>) => {
  const result = repairRow({ ...row, ...members }, of, { nowMs: OLD_NOW_MS });
  if ('damage' in result) throw new Error(result.damage);
  return result;
};

describe('readOldTime', () => {
  it.each([
    ['1781524800', 1_781_524_800_000, false],
    ['001781524800', 1_781_524_800_000, false],
    ['1781524800.75', 1_781_524_800_000, false],
    ['1.7815248e9', 1_781_524_800_000, false],
    ['1781524800123', 1_781_524_800_123, true],
    ['1781524800123456', 1_781_524_800_123, true],
    ['1781524800123456789', 1_781_524_800_123, true],
  ])('takes %s for what it is', (timestamp, timeMs, isCorrected) => {
    expect(readOldTime(timestamp, OLD_NOW_MS)).toEqual({ timeMs, isCorrected });
  });

  it.each([
    null,
    '',
    '1',
    '0',
    '-62135596800',
    '946684799',
    '99999999999',
    '9'.repeat(30),
    '1e99',
    '0x6a2f',
    'now',
  ])('D19: does not make up a time for %s', (timestamp) => {
    expect(readOldTime(timestamp, OLD_NOW_MS)).toBeUndefined();
  });
});

describe('repairRow', () => {
  it.each([
    [null, null],
    ['', null],
    ['{}', null],
    ['null', null],
    ['{"b":"2","a":"1"}', '{"a":"1","b":"2"}'],
    ['{"10":"x","9":"y","__proto__":"z"}', '{"10":"x","9":"y","__proto__":"z"}'],
    ['{"number":1.5,"object":{"a":[true]}}', '{"number":"1.5","object":"{\\"a\\":[true]}"}'],
  ])('reads the tags %s', (othertags, tags) => {
    expect(repaired({ othertags })).toMatchObject({ record: { tags }, repairs: [] });
  });

  it.each(['[1]', '"text"', '7', '{"broken', 'key=value'])('keeps %s as the text of a tag', (othertags) => {
    const { record, repairs } = repaired({ othertags });
    expect(JSON.parse(record.tags!)).toEqual({ othertags });
    expect(repairs).toEqual(['tags']);
  });

  it("takes Telegraf's `host` for the hostname where there is none", () => {
    const othertags = '{"host":"node-7","a":"1"}';
    expect(repaired({ othertags, hostname: null }).record).toMatchObject({
      hostname: 'node-7',
      tags: '{"a":"1"}',
    });
    expect(repaired({ othertags }).record).toMatchObject({
      hostname: 'node-1',
      tags: '{"a":"1","host":"node-7"}',
    });
  });

  it('replaces what no database takes, and says so', () => {
    const { record, repairs } = repaired({
      field: 'a\0b',
      othertags: '{"t":"\\ud800\\u0000"}',
      name: '\ud800',
    });
    expect(record).toMatchObject({ payload: 'a\ufffdb', tags: '{"t":"\ufffd\ufffd"}', name: '\ufffd' });
    expect(repairs).toEqual(['characters']);
  });

  it('never throws, and gives tags that are JSON, whatever is in a row', () => {
    const text = fc.option(fc.oneof(fc.string({ unit: 'binary' }), fc.json()), { nil: null });
    const any = fc.record({
      id: fc.constant(1),
      timestamp: text,
      name: text,
      hostname: text,
      type: text,
      typeid: text,
      stype: text,
      stypeid: text,
      othertags: text,
      field: text,
    });
    fc.assert(
      fc.property(any, (members) => {
        const result = repairRow(members, of, { nowMs: OLD_NOW_MS, undatedAsMs: OLD_NOW_MS });
        expect('damage' in result).toBe(members.field === null);
        if ('damage' in result) return;
        expect(JSON.parse(result.record.tags ?? '{}')).toBeTypeOf('object');
        expect(JSON.stringify(result.record)).not.toContain('\\u0000');
      }),
    );
  });
});
