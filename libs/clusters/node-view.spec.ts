import { describe, expect, it } from 'vitest';
import type { NodeObservations } from '../detection/index.js';
import { failed, figures, reports, says, saysInfo, silent, START_MS } from '../detection/testing/looks.js';
import { presentLook, type LastSeen } from './last-seen.js';
import { nodeView } from './node-view.js';

const node = (host: string, cores: number | null = 4, reportedCores: number | null = null) => ({
  id: `node-${host}`,
  clusterId: 'c',
  position: 0,
  address: `https://${host}.example.com:2113`,
  cores,
  reportedCores,
  memoryBytes: null,
});
const NODES = ['n1', 'n2', 'n3'].map((host) => node(host));
const AT = new Date(START_MS);

interface Given {
  readonly gossip?: Readonly<Record<string, NodeObservations>>;
  readonly host?: Readonly<Record<string, NodeObservations>>;
  readonly earlier?: Readonly<Record<string, NodeObservations>>;
  readonly isRecent?: boolean;
}

function view({ gossip = {}, host = {}, earlier = {}, isRecent = true }: Given, of = NODES[0]!) {
  const byId = (all: Readonly<Record<string, NodeObservations>>) =>
    new Map(Object.entries(all).map(([name, observations]) => [`node-${name}`, observations]));
  const rounds = {
    gossip: { at: AT, isRecent, observations: byId(gossip) },
    host: { at: AT, isRecent, observations: byId(host) },
  };
  const seen: LastSeen = { now: new Date(START_MS + 12_000), rounds, earlier: byId(earlier) };
  return nodeView(of, seen, presentLook('orders-db', NODES, seen, 'gossip'));
}

const healthy = {
  n1: says('n1', 'n1 Leader @1000 e3', 'n2 Follower @900 e3', 'n3 Follower @990 e3'),
  n2: says('n2', 'n1 Leader @950 e3', 'n2 Follower @940 e3', 'n3 Follower @930 e3'),
  n3: says('n3', 'n1 Leader @990 e3', 'n2 Follower @900 e3 dead', 'n3 Follower @1001 e3'),
};

describe('a node that was never polled', () => {
  it('is shown with nothing known', () => {
    expect(view({ gossip: {}, host: {} })).toEqual({
      id: 'node-n1',
      address: 'https://n1.example.com:2113',
      cores: 4,
      reportedCores: null,
      memoryBytes: null,
      role: null,
      roleAt: null,
      version: null,
      endpoint: null,
      reachability: { status: 'unknown', reason: expect.any(String), at: null },
      seenByPeers: { 'https://n2.example.com:2113': 'unknown', 'https://n3.example.com:2113': 'unknown' },
      lastObservedAt: null,
      figures: {
        loadAverage1m: null,
        loadPerCore: null,
        diskUsedPercent: null,
        memoryUsedPercent: null,
        behindBytes: null,
        epochNumber: null,
      },
      endpoints: {},
    });
  });
});

describe('the role of a node', () => {
  it('is what its own gossip says', () => {
    const shown = view({ gossip: { n2: { ...healthy.n2, ...saysInfo('CatchingUp') } } }, NODES[1]);
    expect(shown).toMatchObject({ role: 'Follower', version: '24.10.0', endpoint: 'n2.example.com:2113' });
  });

  it('is what /info says where gossip is not to be had', () => {
    const n1 = { gossip: failed('not-found'), ...saysInfo('ReadOnlyReplica') };
    expect(view({ gossip: { n1 } }).role).toBe('ReadOnlyReplica');
  });

  it('is what it said at last, and when', () => {
    const shown = view({ gossip: { n1: silent() }, earlier: { n1: healthy.n1 } });
    expect(shown).toMatchObject({ role: 'Leader', roleAt: AT.toISOString() });
    expect(shown.reachability.status).toBe('unreachable');
  });
});

describe('what peers see of a node', () => {
  it('is told apart from what Spillway reaches', () => {
    const shown = view({ gossip: { ...healthy, n2: silent('refused', 'n2 refused.') } }, NODES[1]);
    expect(shown.reachability).toMatchObject({ status: 'unreachable', reason: 'n2 refused.' });
    expect(shown.seenByPeers).toEqual({
      'https://n1.example.com:2113': 'alive',
      'https://n3.example.com:2113': 'dead',
    });
  });

  it('is found under the name that it told at last, even if another member has the one that is registered', () => {
    const rows = ['n1 Leader @1 e1', 'n2 Follower @1 e1', 'a Follower @1 e1 dead'];
    const gossip = { n1: says('n1', ...rows), n2: silent() };
    const shown = view({ gossip, earlier: { n2: says('a', 'a Follower @1 e1') } }, NODES[1]);
    expect(shown.seenByPeers).toMatchObject({ 'https://n1.example.com:2113': 'dead' });
  });

  it('is not known any more when it was told long ago', () => {
    expect(view({ gossip: healthy, isRecent: false }, NODES[1]).seenByPeers).toEqual({
      'https://n1.example.com:2113': 'unknown',
      'https://n3.example.com:2113': 'unknown',
    });
  });
});

describe('figures', () => {
  const host = {
    n1: reports({
      loadAverage1m: 6,
      drives: [{ mount: '/data', totalBytes: 300, availableBytes: 100 }],
      memory: { totalBytes: 200, freeBytes: 50 },
    }),
  };

  it('have their age', () => {
    const dated = { at: AT.toISOString(), ageSeconds: 12 };
    expect(view({ gossip: healthy, host }).figures).toEqual({
      loadAverage1m: { value: 6, ...dated },
      loadPerCore: { value: 1.5, ...dated },
      diskUsedPercent: { value: 66.67, mount: '/data', usedBytes: 200, totalBytes: 300, ...dated },
      memoryUsedPercent: { value: 75, usedBytes: 150, totalBytes: 200, ...dated },
      behindBytes: { value: 0, ...dated },
      epochNumber: { value: 3, ...dated },
    });
  });

  it('of load by core need cores', () => {
    expect(view({ host }, node('n1', null)).figures).toMatchObject({
      loadPerCore: null,
      loadAverage1m: { value: 6 },
    });
  });

  it('of load by core are by those that an agent counted, where none are registered', () => {
    expect(view({ host }, node('n1', null, 2))).toMatchObject({
      cores: null,
      reportedCores: 2,
      figures: { loadPerCore: { value: 3 } },
    });
    expect(view({ host }, node('n1', 4, 2)).figures.loadPerCore?.value).toBe(1.5);
  });

  it('that cannot be true are none', () => {
    const impossible = { n1: reports({ memory: { totalBytes: 100, freeBytes: 200 } }) };
    expect(view({ host: impossible }).figures.memoryUsedPercent).toBeNull();
  });

  it('are those of the last answer where the latest poll failed', () => {
    const shown = view({ host: { n1: { stats: failed('timeout') } }, earlier: host });
    expect(shown.figures.diskUsedPercent?.value).toBe(66.67);
    expect(shown.endpoints).toEqual({
      stats: { at: AT.toISOString(), ok: false, code: 'timeout', reason: expect.any(String) },
    });
  });

  it('of an answer now go before older ones of another endpoint', () => {
    const now = { n1: { stats: failed('timeout'), ...reports({ loadAverage1m: 9 }, 'metrics') } };
    expect(view({ host: now, earlier: host }).figures.loadAverage1m?.value).toBe(9);
  });

  it('say how far a follower is behind the furthest known position of the leader, never less than nothing', () => {
    expect(view({ gossip: healthy }, NODES[1]).figures.behindBytes?.value).toBe(60);
    expect(view({ gossip: healthy }, NODES[2]).figures.behindBytes?.value).toBe(0);
  });

  it('of an earlier answer compare with the leader that it names', () => {
    const given = { gossip: { ...healthy, n2: silent() }, earlier: { n2: healthy.n2 } };
    expect(view(given, NODES[1]).figures.behindBytes?.value).toBe(10);
  });

  it('do not say how far behind a leader is that there is not', () => {
    const leaderless = { n1: says('n1', 'n1 Unknown @5 e1') };
    expect(view({ gossip: leaderless }).figures).toMatchObject({
      behindBytes: null,
      epochNumber: { value: 1 },
    });
  });

  it('need no figure to be there', () => {
    expect(
      view({ host: { n1: { stats: { ...reports({}).stats!, value: figures() } as never } } }).figures,
    ).toMatchObject({
      diskUsedPercent: null,
    });
  });
});

it('what was seen long ago is shown, but says nothing of the present reachability', () => {
  const shown = view({ gossip: healthy, isRecent: false });
  expect(shown).toMatchObject({ role: 'Leader', lastObservedAt: AT.toISOString() });
  expect(shown.reachability.status).toBe('unknown');
});
