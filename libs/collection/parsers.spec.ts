import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseGossip } from './parse-gossip.js';
import { parseInfo } from './parse-info.js';
import { parseStats } from './parse-stats.js';
import { UnreadableAnswer } from './unreadable-answer.js';

const FIXTURES = new URL('../../test/fixtures/eventstore/', import.meta.url);
const fixture = (name: string): string => readFileSync(new URL(name, FIXTURES), 'utf8');
const fixturesOf = (kind: string): string[] =>
  readdirSync(FIXTURES).filter((name) => name.startsWith(`${kind}-`) && /\.jsonl?$/.test(name));

function problemOf(parse: () => unknown): UnreadableAnswer {
  try {
    parse();
  } catch (error) {
    if (error instanceof UnreadableAnswer) return error;
    throw error;
  }
  throw new Error('It was read');
}

describe('gossip', () => {
  const rows = (name: string): string[] =>
    parseGossip(fixture(name)).members.map(
      ({ endpoint, state, isAlive }) => `${endpoint} ${state} ${isAlive}`,
    );

  it.each(fixturesOf('gossip'))('of %s is read', (name) => {
    expect(parseGossip(fixture(name)).members.length).toBeGreaterThan(0);
  });

  it('of 5.x is said in the words of today', () => {
    expect(rows('gossip-5x-3node.json')).toEqual([
      '127.0.0.1:5114 Follower true',
      '127.0.0.1:4114 Leader true',
      '127.0.0.1:3114 Follower true',
    ]);
  });

  it('of a single node names its advertised address', () => {
    expect(rows('gossip-24.6-1node.json')).toEqual(['node1.example.com:2113 Leader true']);
    expect(rows('gossip-26.1-1node.json')).toEqual(['127.0.0.1:2113 Leader true']);
  });

  it('shows the dead and leaves out seeds', () => {
    expect(rows('gossip-constructed-25.1-3node-dead-and-seed.json')).toEqual([
      'node3.example.com:2113 Follower false',
      'node2.example.com:2113 Leader true',
      'node1.example.com:2113 Follower true',
    ]);
  });

  it.each(
    readdirSync(FIXTURES).filter(
      (name) => /^fragment-gossip.*\.txt$/.test(name) && !name.endsWith('.source.txt'),
    ),
  )('of %s is half an answer, whose first row is whole', (name) => {
    const text = fixture(name);
    expect(problemOf(() => parseGossip(text)).code).toBe('not-json');
    const whole = parseGossip(`${text.slice(0, text.indexOf('}') + 1)}]}`);
    expect(whole.members.map(({ state }) => state)).toEqual(text.includes('Manager') ? [] : ['Leader']);
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
    const evil = {
      state: 'Leader',
      isAlive: true,
      httpEndPointIp: `n1\u0000\ud800${'x'.repeat(999)}`,
      httpEndPointPort: 1,
    };
    const [member] = parseGossip(JSON.stringify({ members: [evil] })).members;
    expect(member?.endpoint.startsWith('n1?\ufffdx')).toBe(true);
    expect(member?.endpoint.length).toBeLessThan(220);
  });
});

describe('info', () => {
  const states = fixturesOf('info').flatMap((name) => {
    const lines = name.endsWith('.jsonl') ? fixture(name).trim().split('\n') : [fixture(name)];
    return lines.map((line) => parseInfo(line));
  });

  it('of every version is read', () => {
    expect(states).toEqual([
      { state: 'follower', version: '20.10.3.0' },
      { state: 'prereplica', version: '20.10.3.0' },
      { state: 'leader', version: '26.1.1.3690' },
      { state: 'master', version: '5.0.8.0' },
    ]);
  });

  it('without a state is none', () => {
    expect(problemOf(() => parseInfo('{"esVersion":"24.10.0"}')).code).toBe('unexpected-shape');
  });
});

describe('stats', () => {
  const drives = (name: string) => parseStats(fixture(name)).drives;

  it.each<[string, string, number, number]>([
    ['stats-26.1-grouped.json', '/var/lib/kurrentdb', 983_386_046_464, 885_915_701_248],
    ['stats-event-ungrouped-docs.json', '/System/Volumes/Data', 2_000_481_927_168, 545_628_151_808],
    ['stats-ungrouped-3x-2016.json', '/var', 6_159_654_912, 1_793_228_800],
    ['stats-constructed-24.10-flat-hyphens.json', '/mnt/data-1/event-store', 400, 100],
    ['stats-constructed-24.10-grouped-hyphens.json', '/mnt/data-1/event-store', 400, 100],
    ['stats-constructed-24.10.2-unknown-drive.json', 'Unknown', 0, 0],
  ])('of %s shows the drive %s', (name, mount, totalBytes, availableBytes) => {
    expect(drives(name)).toEqual([{ mount, totalBytes, availableBytes }]);
  });

  it('of every file is read', () => {
    expect(fixturesOf('stats')).toHaveLength(6);
  });

  it.each([
    ['{}', []],
    ['{"sys":{"drive":5}}', []],
    [
      '{"sys-drive-/-totalBytes":-1,"sys-drive-/-availableBytes":"12"}',
      [{ mount: '/', totalBytes: null, availableBytes: null }],
    ],
    [
      '{"sys-drive-/-totalBytes":1e999,"sys-drive-/-availableBytes":5}',
      [{ mount: '/', totalBytes: null, availableBytes: 5 }],
    ],
    ['{"sys-drive-/-usage":"72%"}', [{ mount: '/', totalBytes: null, availableBytes: null }]],
  ])('with figures missing is an answer without them: %s', (body, expected) => {
    expect(parseStats(body).drives).toEqual(expected);
  });

  it('that nest without end do no harm', () => {
    const deep = `{"sys":{"drive":${'{"a":'.repeat(5_000)}1${'}'.repeat(5_000)}}}`;
    expect(parseStats(deep).drives).toEqual([]);
  });
});

it('whatever a node answers is read or refused in our words', () => {
  const bodies = fc.oneof(
    fc.string(),
    fc.json(),
    fc
      .constantFrom(...fixturesOf('gossip').map(fixture))
      .chain((text) => fc.nat(text.length).map((at) => text.slice(0, at))),
  );
  fc.assert(
    fc.property(bodies, fc.constantFrom(parseGossip, parseInfo, parseStats), (body, parse) => {
      try {
        parse(body);
      } catch (error) {
        expect(error).toBeInstanceOf(UnreadableAnswer);
      }
    }),
  );
});
