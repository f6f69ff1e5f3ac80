import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ClusterLook, Round } from './detector.js';
import { judge } from './judge.js';
import type { NodeObservations } from './observation.js';
import { fromRecordedLook, recordedLook, toRecordedLook } from './recorded-look.js';
import { episodes } from './testing/episodes.js';
import {
  clusterLook,
  failed,
  nodeOf,
  reports,
  says,
  saysInfo,
  saysLater,
  silent,
  START_MS,
} from './testing/looks.js';

const through = (round: Round, look: ClusterLook): ClusterLook =>
  fromRecordedLook(recordedLook.parse(JSON.parse(JSON.stringify(toRecordedLook('cluster-1', round, look)))));

const answer = (self: string): NodeObservations => ({
  ...says(self, 'n1 Leader @1200 e7', 'n2 Follower @1100 e7', 'n3 ReadOnlyReplica @900 e6 dead replica'),
  ...saysInfo('Follower'),
});
const health = { at: new Date(START_MS).toISOString(), ok: true, value: { isLive: true } } as const;
const full = clusterLook(30.5, {
  n1: { ...answer('n1'), health },
  n2: { ...answer('n2'), ...saysLater('n2 Follower @1200 e7') },
  n3: silent(),
  n4: {
    ...reports({
      drives: [{ mount: '/data-1', totalBytes: 100, availableBytes: null }],
      memory: { totalBytes: 5, freeBytes: 4 },
      loadAverage1m: 0.5,
    }),
    metrics: failed('timeout'),
  },
  n5: {},
});

describe('a recorded look', () => {
  it('is the look again', () => {
    expect(through('gossip', full)).toEqual(full);
    const registered = {
      ...full,
      nodes: [{ node: nodeOf('n1', { cores: 4, memoryBytes: 5 }), observations: {} }],
    };
    expect(through('host', registered)).toEqual(registered);
  });

  it('may leave out figures that are not known, and hold what we do not read', () => {
    const line = {
      clusterId: 'c',
      cluster: { name: 'orders-db', more: 1 },
      round: 'host',
      at: '2026-01-01T01:00:00+01:00',
      nodes: [
        {
          node: { id: 'n', address: 'https://n1:2113' },
          observations: { stats: { at: '2026-01-01T00:00:00Z', ok: true, value: {} } },
        },
      ],
    };
    expect(fromRecordedLook(recordedLook.parse(line))).toEqual({
      cluster: { name: 'orders-db' },
      at: new Date(START_MS),
      nodes: [
        {
          node: { id: 'n', address: 'https://n1:2113', cores: null, memoryBytes: null },
          observations: {
            stats: {
              at: '2026-01-01T00:00:00Z',
              ok: true,
              value: { drives: [], memory: { totalBytes: null, freeBytes: null }, loadAverage1m: null },
            },
          },
        },
      ],
    });
  });

  it.each<[string, object]>([
    ['another round', { round: 'stats' }],
    ['no time', { at: 'yesterday' }],
    ['no nodes', { nodes: null }],
    [
      'an answer that is none',
      { nodes: [{ node: nodeOf('n1'), observations: { info: { at: 'now', ok: true } } }] },
    ],
  ])('cannot have %s', (_, changed) => {
    const line = { ...toRecordedLook('cluster-1', 'gossip', full), ...changed };
    expect(recordedLook.safeParse(line).success).toBe(false);
  });
});

describe('detectors judge what was recorded as they judged what they saw', () => {
  const defaults = { values: {}, pace: { gossip: { maxGapMs: 90_000 }, host: { maxGapMs: 45_000 } } };
  const verdictsOf = (round: Round, looks: readonly ClusterLook[]) => {
    let remembered: readonly { detector: string; subject: string; state: unknown }[] = [];
    return looks.map((look) => {
      const verdicts = judge(round, look, remembered, { defaults, overrides: {} });
      remembered = verdicts.flatMap((verdict) => ('state' in verdict ? [verdict] : []));
      return verdicts;
    });
  };
  const gossips = fc.constantFrom<NodeObservations>(
    ...['n1', 'n2', 'n3'].map(answer),
    says('n2', 'n1 Unknown e8', 'n2 Leader @5 e8'),
    says(null, 'n1 Leader dead', 'n2 Follower'),
    { ...answer('n2'), ...saysLater('n2 Follower @1200 e7') },
    silent(),
  );
  const hosts = fc
    .record({
      loadAverage1m: fc.option(fc.double({ min: 0, max: 20, noNaN: true })),
      memory: fc.record({ totalBytes: fc.option(fc.nat(1_000)), freeBytes: fc.option(fc.nat(100)) }),
      drives: fc.array(
        fc.record({
          mount: fc.string(),
          totalBytes: fc.option(fc.nat(1_000)),
          availableBytes: fc.option(fc.nat(100)),
        }),
        { maxLength: 3 },
      ),
    })
    .map((figures) => reports(figures));

  it.each<[Round, fc.Arbitrary<NodeObservations>]>([
    ['gossip', gossips],
    ['host', hosts],
  ])('in the round %s', (round, observations) => {
    const nodes = fc.record({ n1: observations, n2: observations, n3: observations });
    const histories = episodes(nodes, (seconds, situation) => {
      const look = clusterLook(seconds, situation);
      return { ...look, nodes: look.nodes.map((one) => ({ ...one, node: { ...one.node, cores: 4 } })) };
    });
    fc.assert(
      fc.property(histories, (looks) => {
        const recorded = looks.map((look) => through(round, look));
        expect(verdictsOf(round, recorded)).toEqual(verdictsOf(round, looks));
      }),
      { numRuns: 300 },
    );
  });
});
