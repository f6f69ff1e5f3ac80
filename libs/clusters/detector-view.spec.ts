import { describe, expect, it } from 'vitest';
import { loadSettings } from '../config/index.js';
import { DETECTORS, type NodeObservations } from '../detection/index.js';
import { failed, reports, says, START_MS } from '../detection/testing/looks.js';
import type { ClusterRecord } from '../persistence/index.js';
import { detectorView } from './detector-view.js';
import type { LastSeen } from './last-seen.js';

const AT = new Date(START_MS);
const { detection: defaults } = loadSettings({});

const record = (detection: ClusterRecord['cluster']['detection'] = {}, cores = [4, 4]): ClusterRecord => ({
  cluster: { id: 'c', name: 'orders-db', detection } as ClusterRecord['cluster'],
  nodes: cores.map((count, index) => ({
    id: `node-n${index + 1}`,
    clusterId: 'c',
    position: index,
    address: `https://n${index + 1}.example.com:2113`,
    cores: count || null,
    reportedCores: null,
    memoryBytes: null,
  })),
});
const NEVER: LastSeen = { now: AT, rounds: {}, earlier: new Map() };

const seen = (round: 'gossip' | 'host', isRecent: boolean, ...all: NodeObservations[]): LastSeen => {
  const observations = new Map(all.map((one, index) => [`node-n${index + 1}`, one]));
  return { now: AT, rounds: { [round]: { at: AT, isRecent, observations } }, earlier: new Map() };
};
const disk = reports({ drives: [{ mount: '/', totalBytes: 100, availableBytes: 50 }] });

const view = (kind: string, given: ClusterRecord, last: LastSeen, issues: object[] = []) =>
  detectorView(
    DETECTORS.find((one) => one.kind === kind)!,
    given,
    last,
    defaults,
    issues as never,
  );

describe('a detector of nodes', () => {
  it('is on where its figures are seen, and blind where they are not, with the reason', () => {
    const unauthorized = { stats: failed('unauthorized', 'n2 wants credentials.') };
    expect(view('disk-usage', record(), seen('host', true, disk, unauthorized))).toMatchObject({
      kind: 'disk-usage',
      scope: 'node',
      enabled: true,
      status: 'partly',
      reason: 'on 1 of 2 nodes: see nodes',
      nodes: [
        { nodeId: 'node-n1', status: 'on', reason: null },
        { nodeId: 'node-n2', status: 'blind', reason: 'n2 wants credentials.' },
      ],
    });
  });

  it('is on as a whole when it is on everywhere', () => {
    expect(view('disk-usage', record(), seen('host', true, disk, disk))).toMatchObject({
      status: 'on',
      reason: null,
    });
  });

  it('says so when it is blind everywhere for reasons that differ', () => {
    const [refused, unauthorized] = [
      failed('refused', 'n1 refused.'),
      failed('unauthorized', 'n2 wants them.'),
    ];
    const last = seen('host', true, { stats: refused }, { stats: unauthorized });
    expect(view('disk-usage', record(), last)).toMatchObject({
      status: 'blind',
      reason: 'for the reason given at each node',
    });
  });

  it('is off where the registration leaves nothing to judge, before anything was polled', () => {
    const { status, nodes } = view('core-load', record({}, [4, 0]), NEVER);
    expect(status).toBe('blind');
    expect(nodes).toEqual([
      { nodeId: 'node-n1', status: 'blind', reason: 'the cluster has not been polled yet' },
      { nodeId: 'node-n2', status: 'off', reason: expect.stringContaining('core') },
    ]);
  });

  it('is blind at a node that was added after the latest round', () => {
    const { nodes } = view('disk-usage', record(), seen('host', true, disk));
    expect(nodes?.[1]).toMatchObject({ status: 'blind', reason: 'the node has not been polled yet' });
  });

  it('is blind when nothing was polled lately', () => {
    expect(view('disk-usage', record(), seen('host', false, disk, disk))).toMatchObject({
      status: 'blind',
      reason: 'the cluster has not been polled since 2026-01-01T00:00:00.000Z',
    });
  });

  it('is off when it is switched off', () => {
    expect(view('disk-usage', record({ 'disk-usage': { enabled: false } }), NEVER)).toMatchObject({
      enabled: false,
      status: 'off',
      reason: 'it is switched off for this cluster',
    });
  });
});

describe('a detector of clusters', () => {
  it('is judged as a whole', () => {
    const answers = [says('n1', 'n1 Leader', 'n2 Follower'), says('n2', 'n1 Leader', 'n2 Follower')];
    const shown = view('cluster-consensus', record(), seen('gossip', true, ...answers));
    expect(shown).toMatchObject({ scope: 'cluster', status: 'on', reason: null });
    expect(shown).not.toHaveProperty('nodes');
    expect(view('cluster-consensus', record(), NEVER).status).toBe('blind');
  });
});

it('its open issues and its settings are shown', () => {
  const issues = [
    { id: 'i1', kind: 'disk-usage', nodeId: 'node-n1' },
    { id: 'i2', kind: 'core-load', nodeId: 'node-n1' },
  ];
  const shown = view('disk-usage', record({ 'disk-usage': { window: '5m' } }), NEVER, issues);
  expect(shown.openIssues).toEqual(['i1']);
  expect(shown.settings).toEqual({
    threshold: { value: 80, default: 80, isOverridden: false },
    window: { value: '5m', default: '1m', isOverridden: true },
  });
});
