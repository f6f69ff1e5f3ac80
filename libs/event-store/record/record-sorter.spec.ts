import { describe, expect, it } from 'vitest';
import { parseLines } from '../line-protocol/index.js';
import { NO_CLUSTER, RecordSorter, type ClusterDefaults } from './index.js';

const NOW_MS = Date.UTC(2026, 10, 28);

function sorted(lines: string, defaults: ClusterDefaults = { cluster: 'tc' }) {
  const sorter = new RecordSorter(defaults);
  const objections = parseLines(Buffer.from(lines), { nowMs: NOW_MS }).flatMap(
    (point) => sorter.take(point) ?? [],
  );
  return { ...sorter, records: sorter.records, others: sorter.others, objections };
}
const only = (lines: string, defaults?: ClusterDefaults) => {
  const { records } = sorted(lines, defaults);
  expect(records).toHaveLength(1);
  return records[0]!;
};

describe('a record of a line', () => {
  it('has everything that the line says', () => {
    const line =
      'job,cluster=alex,hostname=a0001,type=node,type-id=0,stype=application,stype-id=77,function=stop_job,partition=a100 ' +
      String.raw`event="{\"jobId\": 69}",extra="x",count=3i,big=9223372036854775807i,ok=true 1740027951`;
    expect(only(line)).toEqual({
      kind: 'event',
      cluster: 'alex',
      name: 'job',
      hostname: 'a0001',
      type: 'node',
      typeId: '0',
      stype: 'application',
      stypeId: '77',
      tags: '{"function":"stop_job","partition":"a100"}',
      fields: '{"extra":"x","count":3,"big":"9223372036854775807","ok":true}',
      timeMs: 1_740_027_951_000,
      payload: '{"jobId": 69}',
    });
  });

  it('takes host for hostname, as Telegraf has it, and keeps it as a tag where both are there', () => {
    expect(only('job,host=a event="x"')).toMatchObject({ hostname: 'a', tags: null });
    expect(only('job,host=a,hostname=b event="x"')).toMatchObject({ hostname: 'b', tags: '{"host":"a"}' });
  });

  it('has null for tags that are absent, and no hostname when nobody said', () => {
    expect(only('job event="x"')).toMatchObject({
      hostname: '',
      type: null,
      typeId: null,
      stype: null,
      stypeId: null,
      tags: null,
      fields: null,
    });
  });

  it('keeps tags whose names mean something to JavaScript', () => {
    const { tags } = only('job,__proto__=a,7=b,constructor=c event="x"');
    expect(tags).toBe('{"7":"b","__proto__":"a","constructor":"c"}');
  });

  it('puts a mark where a text has a NUL, which no database takes', () => {
    expect(only('job event="a\0b"').payload).toBe('a\ufffdb');
  });

  it('is an event first, then a log line, as the original has it', () => {
    expect(only('x log="l",event="e"')).toMatchObject({ kind: 'event', payload: 'e', fields: '{"log":"l"}' });
    expect(only('x log="l"')).toMatchObject({ kind: 'log', payload: 'l' });
  });
});

it('counts what is neither event nor log line by what it is', () => {
  const lines = [
    'm value=1',
    'm value=1i',
    'm value=true',
    'ecc value="on"',
    'knob,method=GET control="1"',
    'knob,method=DELETE control="1"',
    'job event=1i',
    'job event=true',
  ];
  const { records, others } = sorted(lines.join('\n'));
  expect(records).toEqual([]);
  expect(others).toEqual({ metric: 3, control: 1, other: 4 });
});

describe('the cluster of a line', () => {
  const defaults = { cluster: 'parameter', subjectCluster: 'subject' };
  const payload = String.raw`event="{\"cluster\":\"payload\"}"`;

  it.each<[string, ClusterDefaults, string]>([
    [`job,cluster=tag ${payload}`, defaults, 'tag'],
    [`job ${payload}`, defaults, 'parameter'],
    [`job ${payload}`, { subjectCluster: 'subject' }, 'subject'],
    [`job ${payload}`, {}, 'payload'],
    ['job,cluster= event="x"', defaults, 'parameter'],
  ])('D8: of %s with %j is %s', (line, given, cluster) => {
    expect(only(line, given).cluster).toBe(cluster);
  });

  it('is missed where nobody says it', () => {
    for (const payloads of ['x', '{', '[]', '{"cluster":1}', 'null'])
      expect(sorted(`job event="${payloads.replaceAll('"', '\\"')}"`, {})).toMatchObject({
        records: [],
        objections: [NO_CLUSTER],
      });
  });

  it.each([
    ['my-cluster', 'my-cluster'],
    ['1st', '1st'],
    ['select', 'select'],
    ['语.Mixed', '语.Mixed'],
    [String.raw`pwn(a\ int);drop\ table\ bb_events;--`, 'pwn(a int);drop table bb_events;--'],
  ])('D9, D11: may be any text, such as %s', (written, name) => {
    expect(only(`job,cluster=${written} event="x"`).cluster).toBe(name);
  });

  it.each<[ClusterDefaults, string]>([
    [{ cluster: 'a'.repeat(101) }, 'job event="x"'],
    [{ subjectCluster: ' ' }, 'job event="x"'],
    [{}, `job,cluster=${'a'.repeat(101)} event="x"`],
    [{}, String.raw`job event="{\"cluster\":\" \"}"`],
  ])('is refused when %j and %s say none that can be one', (given, line) => {
    expect(sorted(line, given)).toMatchObject({
      records: [],
      objections: [expect.stringContaining('the name of the cluster')],
    });
  });
});

it('D33: refuses names and texts that are longer than anybody needs', () => {
  const long = 'n'.repeat(256);
  for (const line of [
    `${long} event="x"`,
    `job,hostname=${long} event="x"`,
    `job,stype-id=${long} event="x"`,
  ])
    expect(sorted(line).objections).toEqual([expect.stringContaining('255 characters')]);
  expect(sorted(`job event="${'x'.repeat(1_048_577)}"`).objections).toEqual([
    expect.stringContaining('1048576 characters'),
  ]);
  expect(sorted(`job event="${'x'.repeat(1_048_576)}"`).records).toHaveLength(1);
});

it('D33: refuses more lines in one body than can be stored together', () => {
  const sorter = new RecordSorter({ cluster: 'tc' });
  const [point] = parseLines(Buffer.from('job event="x"'), { nowMs: NOW_MS });
  for (let count = 0; count < 200_000; count += 1) expect(sorter.take(point!)).toBe(undefined);
  expect(sorter.take(point!)).toContain('more than 200000');
});
