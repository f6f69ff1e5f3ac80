import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseGossip } from './parse-gossip.js';
import { parseHealth } from './parse-health.js';
import { parseInfo } from './parse-info.js';
import { parseMetrics } from './parse-metrics.js';
import { parseStats } from './parse-stats.js';
import { UnreadableAnswer } from './unreadable-answer.js';

// What real answers become is in fixtures.spec.ts; here is what goes wrong with answers.

const FIXTURES = new URL('../../test/fixtures/eventstore/', import.meta.url);
const fixture = (name: string): string => readFileSync(new URL(name, FIXTURES), 'utf8');
const payloads = readdirSync(FIXTURES)
  .filter((name) => !name.endsWith('.source.txt'))
  .map(fixture);

function problemOf(parse: () => unknown): UnreadableAnswer {
  try {
    parse();
  } catch (error) {
    if (error instanceof UnreadableAnswer) return error;
    throw error;
  }
  throw new Error('It was read');
}

const row = (host: string, more: Readonly<Record<string, unknown>> = {}) => ({
  state: 'Follower',
  isAlive: true,
  httpEndPointIp: host,
  httpEndPointPort: 2113,
  ...more,
});
const gossipOf = (members: readonly unknown[], more: Readonly<Record<string, unknown>> = {}): string =>
  JSON.stringify({ members, ...more });

describe('gossip', () => {
  it('cut off in the middle is no answer', () => {
    expect(problemOf(() => parseGossip(fixture('fragment-gossip-20.10.3-issue3175.txt'))).code).toBe(
      'not-json',
    );
  });

  it.each([
    ['{}', 'unexpected-shape', 'JSON of another shape (at members)'],
    ['[]', 'unexpected-shape', 'JSON of another shape (at the whole)'],
    ['{"members":[{"state":"Leader"}]}', 'unexpected-shape', 'JSON of another shape (at members.0.isAlive)'],
    [
      '{"members":[{"state":"\\u0000","isAlive":true}]}',
      'unexpected-shape',
      'JSON of another shape (at members.0.state)',
    ],
    [
      JSON.stringify({ members: Array.from({ length: 101 }, () => ({ state: 'Leader', isAlive: true })) }),
      'unexpected-shape',
      'JSON of another shape (at members)',
    ],
    ['', 'not-json', 'something that is no JSON, or only a part of it'],
    [
      '<!DOCTYPE html><html></html>',
      'not-json',
      'HTML instead of JSON (is a proxy or a login page in between?)',
    ],
  ])('that is none is refused: %s', (body, code, problem) => {
    expect(problemOf(() => parseGossip(body))).toMatchObject({ code, problem });
  });

  it('never holds what PostgreSQL could not store', () => {
    const [member] = parseGossip(gossipOf([row(`n1\u0000\ud800${'x'.repeat(999)}`)])).members;
    expect(member?.endpoint.startsWith('n1?\ufffdx')).toBe(true);
    expect(member?.endpoint.length).toBeLessThan(220);
  });

  it.each([
    [null, null],
    [undefined, null],
    [-1, null],
    ['7', null],
    [0, 0],
    [9_007_199_254_740_991, 9_007_199_254_740_991],
  ])('takes %j for the position %j', (written, read) => {
    const [member] = parseGossip(
      gossipOf([row('n1', { writerCheckpoint: written, epochNumber: written })]),
    ).members;
    expect([member?.writerCheckpoint, member?.epochNumber]).toEqual([read, read]);
  });

  it.each(['unknown_version', 'old_version', 'default_version', '', null, undefined])(
    'takes %j for no version',
    (esVersion) => {
      expect(parseGossip(gossipOf([row('n1', { esVersion })])).members[0]?.version).toBeNull();
      expect(parseInfo(JSON.stringify({ state: 'leader', esVersion })).version).toBeNull();
    },
  );

  it.each([
    ['leader', 'Leader'],
    ['SLAVE', 'Follower'],
    ['readonlyreplica', 'ReadOnlyReplica'],
    ['Brandnew', 'Brandnew'],
  ])('reads the state %s as %s', (written, state) => {
    expect(
      parseGossip(gossipOf([row('n1', { state: written }), row('n2', { state: 'manager' })])).members,
    ).toMatchObject([{ state }]);
  });

  it.each(['ReadOnlyLeaderless', 'PreReadOnlyReplica', 'ReadOnlyReplica'])(
    'knows a read-only replica by its state, %s',
    (state) => {
      expect(parseGossip(gossipOf([row('n1', { state })])).members[0]?.isReadOnlyReplica).toBe(true);
    },
  );
});

describe('gossip with something spoilt', () => {
  const [sound] = parseGossip(gossipOf([row('n1')])).members;

  it.each([
    ['version', { esVersion: 26 }],
    ['flag of replicas', { isReadOnlyReplica: 'no' }],
    ['positions', { writerCheckpoint: 'far', epochNumber: -1 }],
    ['addresses of old versions', { externalHttpIp: null, internalHttpIp: 5, internalHttpPort: -1 }],
  ])('is read without it: %s', (_, spoilt) => {
    expect(parseGossip(gossipOf([row('n1', spoilt)])).members).toEqual([sound]);
  });

  it('has states that no version knows, as they are', () => {
    const [member] = parseGossip(gossipOf([row('n1', { state: 'constructor' })])).members;
    expect(member?.state).toBe('constructor');
  });

  it('does not take a row without an address for its own because it does not say whose it is', () => {
    expect(
      parseGossip(gossipOf([row('n1'), row('n2', { httpEndPointIp: 7, httpEndPointPort: -1 })])).self,
    ).toBe(null);
  });

  it('in a row of a seed is read all the same', () => {
    const seed = { state: 'Manager', isAlive: null, httpEndPointIp: null, httpEndPointPort: -1 };
    expect(parseGossip(gossipOf([seed, row('n1')])).members).toEqual([sound]);
  });

  it('in what is judged is none: a row that was left out would look like a node that is gone', () => {
    expect(problemOf(() => parseGossip(gossipOf([row('n1', { isAlive: 'yes' })]))).code).toBe(
      'unexpected-shape',
    );
  });
});

describe('whose gossip it is', () => {
  const self = (members: readonly unknown[], more?: Readonly<Record<string, unknown>>, askedAt?: string) =>
    parseGossip(gossipOf(members, more), askedAt).self;
  const two = [row('n1'), row('n2')];

  it('the node says itself', () => {
    expect(self(two, { serverIp: 'N2', serverPort: 2113 }, 'n1:2113')).toBe('n2:2113');
    expect(self([row('n1'), row('::1')], { serverIp: '::1', serverPort: 2113 })).toBe('::1:2113');
  });

  it('is clear where there is only one, seeds not counted', () => {
    expect(self([row('n1'), row('n2', { state: 'Manager' })], { serverIp: 'x', serverPort: 1 })).toBe(
      'n1:2113',
    );
  });

  it('is else told by the address that was asked', () => {
    expect(self(two, {}, 'N1:2113')).toBe('n1:2113');
    expect(self(two, { serverIp: 'inside', serverPort: 2113 }, 'n2:2113')).toBe('n2:2113');
    expect(self(two, { serverIp: 5, serverPort: 'x' }, 'n2:2113')).toBe('n2:2113');
  });

  it('stays open when nothing tells', () => {
    expect(self(two, { serverIp: 'inside', serverPort: 2113 }, 'outside:443')).toBeNull();
    expect(self(two)).toBeNull();
    expect(self([row('n1'), row('n1')], { serverIp: 'n1', serverPort: 2113 })).toBeNull();
  });
});

it.each([
  ['master', 'Leader'],
  ['slave', 'Follower'],
  ['readonlyreplica', 'ReadOnlyReplica'],
  ['prereplica', 'PreReplica'],
  ['somethingnew', 'somethingnew'],
])('info says %s, in the words of gossip: %s', (written, state) => {
  expect(parseInfo(JSON.stringify({ state: written })).state).toBe(state);
});

it('info without a state is none', () => {
  expect(problemOf(() => parseInfo('{"esVersion":"24.10.0"}')).code).toBe('unexpected-shape');
});

it('health is a status', () => {
  expect([204, 200, 503].map(parseHealth)).toEqual([{ isLive: true }, { isLive: true }, { isLive: false }]);
});

const NOTHING = { drives: [], memory: { totalBytes: null, freeBytes: null }, loadAverage1m: null };

describe('stats', () => {
  const unknownDrive = { ...NOTHING, drives: [{ mount: '/', totalBytes: null, availableBytes: null }] };

  it.each([
    ['{}', NOTHING],
    ['{"sys":{"drive":5}}', NOTHING],
    ['{"sys-drive-/-totalBytes":-1,"sys-drive-/-availableBytes":"12"}', unknownDrive],
    [
      '{"sys-drive-/-totalBytes":1e999,"sys-drive-/-availableBytes":5}',
      { ...NOTHING, drives: [{ mount: '/', totalBytes: null, availableBytes: 5 }] },
    ],
    ['{"sys-drive-/-usage":"72%"}', unknownDrive],
    ['{"sys-drive-/-usage":72}', unknownDrive],
    [
      '{"sys-drive-/-totalBytes":100,"sys-drive-/-usedBytes":90}',
      { ...NOTHING, drives: [{ mount: '/', totalBytes: 100, availableBytes: 10 }] },
    ],
    [
      '{"sys-drive-/-totalBytes":100,"sys-drive-/-usedBytes":900}',
      { ...NOTHING, drives: [{ mount: '/', totalBytes: 100, availableBytes: null }] },
    ],
    ['{"sys-loadavg-1m":-1,"sys-freeMem":-1,"sys-totalMem":null}', NOTHING],
    ['{"sys":{"loadavg":{"5m":3},"freeMem":"7"}}', NOTHING],
    [
      '{"sys-loadavg-1m":0,"sys-loadavg-5m":3,"sys-freeMem":2,"sys-totalMem":0}',
      { ...NOTHING, memory: { totalBytes: 0, freeBytes: 2 }, loadAverage1m: 0 },
    ],
  ])('with figures missing is an answer without them: %s', (body, expected) => {
    expect(parseStats(body)).toEqual(expected);
  });

  it.each(['[]', '5', 'null'])('that is no object is none: %s', (body) => {
    expect(problemOf(() => parseStats(body)).code).toBe('unexpected-shape');
  });

  it('that nest without end do no harm', () => {
    const deep = `{"sys":{"drive":${'{"a":'.repeat(5_000)}1${'}'.repeat(5_000)}}}`;
    expect(parseStats(deep).drives).toEqual([]);
  });

  // Read the obvious way these two take from nine seconds to minutes, and the test would run out of its time.
  it('that repeat long names in many leaves cost no more than reading over them', () => {
    const leaves: unknown = Object.fromEntries(Array.from({ length: 20_000 }, (_, n) => [`k${n}`, 1]));
    const nested = Array.from({ length: 11 }).reduce((inner) => ({ ['n'.repeat(60_000)]: inner }), leaves);
    const body = JSON.stringify({ sys: { nested, freeMem: 5 } });
    expect(parseStats(body).memory.freeBytes).toBe(5);
  });
});

describe('metrics', () => {
  it.each([
    ['eventstore_sys_load_avg{period="1m"} 2.5', { loadAverage1m: 2.5 }],
    ['kurrentdb_sys_load_avg{period="1m"} 2.5 1683645023547\n', { loadAverage1m: 2.5 }],
    ['kurrentdb_sys_load_avg{a="x,}y",period="1m",} 2e-1 1683645023.547', { loadAverage1m: 0.2 }],
    ['kurrentdb_sys_load_avg{period="5m"} 2.5', {}],
    ['kurrentdb_sys_load_avg{period="1m"} NaN', {}],
    ['kurrentdb_sys_load_avg{period="1m"} -1', {}],
    ['kurrentdb_sys_load_avg{period="1m', {}],
    ['kurrentdb_cpu 1\nother_sys_load_avg{period="1m"} 2.5', {}],
    ['kurrentdb_cpu 1\n# HELP kurrentdb_sys_load_avg{period="1m"} 2.5', {}],
    [
      'kurrentdb_sys_disk_bytes{disk="C:\\\\",kind="used"} 30\r\nkurrentdb_sys_disk_bytes{kind="total",disk="C:\\\\"} 100\r\n',
      { drives: [{ mount: 'C:\\', totalBytes: 100, availableBytes: 70 }] },
    ],
    [
      'kurrentdb_sys_disk_bytes{disk="/",kind="used"} 101\nkurrentdb_sys_disk_bytes{disk="/",kind="total"} 100',
      { drives: [{ mount: '/', totalBytes: 100, availableBytes: null }] },
    ],
  ])('are read as far as they can be: %s', (body, expected) => {
    expect(parseMetrics(body)).toEqual({ ...NOTHING, ...expected });
  });

  it.each(['', '<html></html>', 'node_load1 0.5\n', '{"sys":{}}'])('of others are none: %s', (body) => {
    expect(problemOf(() => parseMetrics(body)).code).toBe('unexpected-shape');
  });

  it('are found in a megabyte of others', () => {
    const line =
      'kurrentdb_queue_queueing_duration_max_seconds{name="MainQueue",range="16-20 seconds"} 0.5\n';
    const page = line.repeat(Math.floor(1_000_000 / line.length));
    const body = `${page}kurrentdb_sys_load_avg{period="1m"} 1.5\n${page.slice(0, 40_000)}`;
    expect(parseMetrics(body).loadAverage1m).toBe(1.5);
  });

  it('of a megabyte of names without a line break cost no more than reading over it', () => {
    const body = `kurrentdb_sys_load_avg{period="1m"} 1.5\n${'_sys_load_avg{'.repeat(70_000)}`;
    expect(parseMetrics(body).loadAverage1m).toBe(1.5);
  });

  it('of a million lines of ours are read up to a bound', () => {
    const body = 'kurrentdb_sys_load_avg{period="5m"} 1\n'.repeat(25_000);
    expect(parseMetrics(body)).toEqual(NOTHING);
    const drives = Array.from(
      { length: 500 },
      (_, n) => `kurrentdb_sys_disk_bytes{disk="${n}",kind="used"} 1`,
    );
    expect(parseMetrics(drives.join('\n')).drives).toHaveLength(64);
  });
});

it('whatever a node answers is read or refused in our words', () => {
  const bodies = fc.oneof(
    fc.string(),
    fc.json(),
    fc.constantFrom(...payloads).chain((text) => fc.nat(text.length).map((at) => text.slice(0, at))),
  );
  const parsers = [parseGossip, parseInfo, parseStats, parseMetrics];
  fc.assert(
    fc.property(bodies, fc.constantFrom(...parsers), (body, parse) => {
      try {
        // What was read can be stored: it is plain JSON.
        const value: unknown = parse(body);
        expect(JSON.parse(JSON.stringify(value))).toEqual(value);
      } catch (error) {
        expect(error).toBeInstanceOf(UnreadableAnswer);
      }
    }),
  );
});
