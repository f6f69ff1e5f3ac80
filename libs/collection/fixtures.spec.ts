import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { GossipAnswer, GossipMember, HostFigures, NodeInfo } from '../detection/index.js';
import { parseGossip } from './parse-gossip.js';
import { parseInfo } from './parse-info.js';
import { parseMetrics } from './parse-metrics.js';
import { parseStats } from './parse-stats.js';

const DIRECTORY = new URL('../../test/fixtures/eventstore/', import.meta.url);
const contentOf = (name: string): string => readFileSync(new URL(name, DIRECTORY), 'utf8');
const ALL = readdirSync(DIRECTORY).filter(
  (name) => !name.endsWith('.source.txt') && !name.startsWith('clef-'),
);

/** `127.0.0.1:5114 Follower @85117 e1 5.0.8 dead replica`: endpoint, state, then what there is of the rest. */
const asWords = (member: GossipMember): string =>
  [
    member.endpoint,
    member.state,
    ...(member.writerCheckpoint === null ? [] : [`@${member.writerCheckpoint}`]),
    ...(member.epochNumber === null ? [] : [`e${member.epochNumber}`]),
    ...(member.version === null ? [] : [member.version]),
    ...(member.isAlive ? [] : ['dead']),
    ...(member.isReadOnlyReplica ? ['replica'] : []),
  ].join(' ');

const gossip = (self: string | null, ...members: readonly string[]) => ({
  read: (text: string) => {
    const answer: GossipAnswer = parseGossip(text);
    return { self: answer.self, members: answer.members.map(asWords) };
  },
  expected: { self, members },
});
/** The end is cut off: as much as there is, closed by hand. */
const cutGossip = (self: string | null, ...members: readonly string[]) => {
  const { read, expected } = gossip(self, ...members);
  return { read: (text: string) => read(`${text.slice(0, text.indexOf('}') + 1)}]}`), expected };
};
const info = (...expected: readonly NodeInfo[]) => ({
  read: (text: string) =>
    (text.startsWith('{\n') ? [text] : text.trim().split('\n')).map((line) => parseInfo(line)),
  expected,
});
const host = (read: (text: string) => HostFigures, given: Partial<HostFigures>) => ({
  read,
  expected: { drives: [], memory: { totalBytes: null, freeBytes: null }, loadAverage1m: null, ...given },
});
const stats = (given: Partial<HostFigures>) => host(parseStats, given);
const metrics = (given: Partial<HostFigures>) => host(parseMetrics, given);
const drive = (mount: string, totalBytes: number | null, availableBytes: number | null) => [
  { mount, totalBytes, availableBytes },
];

const HYPHENS = drive('/mnt/data-1/event-store', 400, 100);
/** The docs' samples leave out the load average, and of disks and memory all but one line. */
const DOCS_SAMPLE = metrics({ drives: drive('/home', null, null) });

/** What every file says, in the one model; constructed ones say so in their names. */
const EXPECTED: Record<string, { read: (text: string) => unknown; expected: unknown }> = {
  'gossip-5x-3node.json': gossip(
    '127.0.0.1:3114',
    '127.0.0.1:5114 Follower @85117 e1',
    '127.0.0.1:4114 Leader @101017 e1',
    '127.0.0.1:3114 Follower @101017 e1',
  ),
  'gossip-24.6-1node.json': gossip(
    'node1.example.com:2113',
    'node1.example.com:2113 Leader @20683 e12 24.6.0',
  ),
  'gossip-26.1-1node.json': gossip('127.0.0.1:2113', '127.0.0.1:2113 Leader @7652 e0 26.1.1.3690'),
  'fragment-gossip-20.10.3-issue3175.txt': cutGossip(
    'node2.example.com:2113',
    'node2.example.com:2113 Leader @38102983 e10',
  ),
  'fragment-gossip-3x-dead-manager-issue416.txt': cutGossip(null),
  'gossip-constructed-25.1-3node-dead-and-seed.json': gossip(
    'node1.example.com:2113',
    'node3.example.com:2113 Follower @101017 e1 25.1.0.1000 dead',
    'node2.example.com:2113 Leader @101017 e1 25.1.0.1000',
    'node1.example.com:2113 Follower @101017 e1 25.1.0.1000',
  ),
  'gossip-constructed-24.10-read-only-replica.json': gossip(
    'node4.example.com:2113',
    'node4.example.com:2113 ReadOnlyLeaderless @90000 24.10.4 replica',
    'node3.example.com:2113 Follower @101017 e7',
    'node2.example.com:2113 Leader @101017 e7 24.10.4',
    'node1.example.com:2113 CatchingUp e7 24.10.4',
  ),
  'gossip-constructed-5x-electing.json': gossip(
    '10.0.0.1:2113',
    '10.0.0.2:2113 PreLeader @85117 e1',
    '10.0.0.1:2113 PreReplica @85117 e1',
  ),
  'info-20.10.3-follower-and-prereplica-issue3175.jsonl': info(
    { state: 'Follower', version: '20.10.3.0' },
    { state: 'PreReplica', version: '20.10.3.0' },
  ),
  'info-26.1.json': info({ state: 'Leader', version: '26.1.1.3690' }),
  'info-5.0.8-issue2663.json': info({ state: 'Leader', version: '5.0.8.0' }),
  'stats-26.1-grouped.json': stats({
    drives: drive('/var/lib/kurrentdb', 983_386_046_464, 885_915_701_248),
    memory: { totalBytes: 4_929_525_350, freeBytes: 6_659_710_976 },
    loadAverage1m: 2.57,
  }),
  'stats-event-ungrouped-docs.json': stats({
    drives: drive('/System/Volumes/Data', 2_000_481_927_168, 545_628_151_808),
    memory: { totalBytes: null, freeBytes: 25_100_288 },
  }),
  'stats-ungrouped-3x-2016.json': stats({
    drives: drive('/var', 6_159_654_912, 1_793_228_800),
    memory: { totalBytes: null, freeBytes: 183_107_584 },
  }),
  'stats-constructed-24.10-flat-hyphens.json': stats({ drives: HYPHENS, loadAverage1m: 0.4 }),
  'stats-constructed-24.10-grouped-hyphens.json': stats({ drives: HYPHENS, loadAverage1m: 0.4 }),
  'stats-constructed-24.10.2-unknown-drive.json': stats({ drives: drive('Unknown', 0, 0) }),
  'stats-constructed-24.10-windows.json': stats({
    drives: drive('D:\\', 1_000, 250),
    memory: { totalBytes: 0, freeBytes: 8_000_000_000 },
  }),
  'metrics-eventstore-23.6dev-pr3777-excerpt.txt': metrics({
    drives: drive('/home', null, null),
    memory: { totalBytes: 67_093_868_544, freeBytes: 54_807_818_240 },
    loadAverage1m: 2.80419921875,
  }),
  'metrics-eventstore-23.10-docs-samples.txt': DOCS_SAMPLE,
  'metrics-eventstore-24.10-docs-samples.txt': DOCS_SAMPLE,
  'metrics-kurrentdb-25.0-docs-samples.txt': DOCS_SAMPLE,
  'metrics-kurrentdb-shape-synthetic.txt': metrics({
    drives: drive('/data', null, null),
    memory: { totalBytes: null, freeBytes: 1 },
    loadAverage1m: 1,
  }),
  'metrics-constructed-25.1-openmetrics.txt': metrics({
    drives: drive('/mnt/data-1', 400, 100),
    memory: { totalBytes: 16_000_000_000, freeBytes: 6_659_710_976 },
    loadAverage1m: 2.57,
  }),
  // No page, but the beginnings of all lines of one: nothing follows them that could be read.
  'metric-names-25.0-test-expectations.txt': metrics({}),
};

describe('what a node really answered', () => {
  it.each(Object.entries(EXPECTED))('is read: %s', (name, { read, expected }) => {
    expect(read(contentOf(name))).toEqual(expected);
  });

  it('has a row above for every file, and every file says where it comes from', () => {
    expect(ALL.toSorted()).toEqual(Object.keys(EXPECTED).toSorted());
    for (const name of ALL) {
      const source = contentOf(`${name}.source.txt`);
      expect(source.startsWith('CONSTRUCTED'), name).toBe(name.includes('-constructed-'));
    }
  });
});
