import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clusterConsensus } from './cluster-consensus.js';
import type { ClusterLook } from './detector.js';
import type { NodeObservations } from './observation.js';
import { describeDetectorProperties } from './testing/detector-properties.js';
import { episodes } from './testing/episodes.js';
import { clusterLook, failed, says as saysAs, saysInfo } from './testing/looks.js';
import { inShort, runDetector } from './testing/run-detector.js';

const settings = { confirmAfterMs: 10_000, maxGapMs: 90_000 };
const HEALTHY = ['n1 Leader', 'n2 Follower', 'n3 Follower'];

const says = (...rows: string[]): NodeObservations => ({ ...saysAs(null, ...rows), ...saysInfo('Follower') });
const fails = (code: string, state?: string): NodeObservations => ({
  gossip: failed(code, 'n3.example.com:2113 refused the connection: nothing listens there.'),
  info: failed('refused'),
  ...(state !== undefined && saysInfo(state)),
});

const agreed = [says(...HEALTHY), says(...HEALTHY), says(...HEALTHY)];
const nodeThreeIsDown = [says(...HEALTHY), says(...HEALTHY), fails('refused')];
const split = [says(...HEALTHY), says(...HEALTHY), says('n1 Leader dead', 'n2 Follower', 'n3 Leader')];
const torn = [says('n1 Unknown', 'n2 Unknown'), says('n1 Unknown dead', 'n2 Unknown')];
const ELECTING = ['n1 Unknown', 'n2 Unknown', 'n3 Unknown'];
const leaderless = [says(...ELECTING), says(...ELECTING), says(...ELECTING)];

/** The nodes n1, n2, … in this order. */
const lookOf = (atSeconds: number, nodes: readonly NodeObservations[]): ClusterLook =>
  clusterLook(
    atSeconds,
    Object.fromEntries(nodes.map((observations, index) => [`n${index + 1}`, observations])),
  );

function run(looks: readonly ClusterLook[], changed: Partial<typeof settings> = {}) {
  const { state, evaluations, transitions } = runDetector(clusterConsensus, looks, {
    ...settings,
    ...changed,
  });
  return {
    state,
    transitions,
    lookAgain: evaluations.map(({ lookAgainAfterMs }) => lookAgainAfterMs),
    events: transitions.map(({ event, severity }) => `${event} ${severity}`),
  };
}

describe('a bad look', () => {
  it('first only asks for another look', () => {
    const { events, lookAgain } = run([lookOf(0, split)]);
    expect([events, lookAgain]).toEqual([[], [10_000]]);
  });

  it('asks again for the rest of the time when the next look comes too early', () => {
    const { events, lookAgain } = run([lookOf(0, split), lookOf(4, split), lookOf(9.999, split)]);
    expect([events, lookAgain]).toEqual([[], [10_000, 6_000, 1]]);
  });

  it('does not confirm one after which nobody looked for long', () => {
    const { events, lookAgain } = run([lookOf(0, split), lookOf(7_200, split), lookOf(7_210, split)]);
    expect([events, lookAgain]).toEqual([['open warning'], [10_000, 10_000, undefined]]);
  });

  it('confirms one after which nobody looked for as long as is permitted, be it the pace or the time to confirm', () => {
    expect(run([lookOf(0, split), lookOf(90, split)]).events).toEqual(['open warning']);
    expect(run([lookOf(0, split), lookOf(90.001, split)]).events).toEqual([]);
    const patient = { confirmAfterMs: 120_000 };
    expect(run([lookOf(0, split), lookOf(120, split)], patient).events).toEqual(['open warning']);
    expect(run([lookOf(0, split), lookOf(120.001, split)], patient).events).toEqual([]);
  });

  it('opens when it is bad still, and then says so at every bad look', () => {
    const { events, lookAgain } = run([lookOf(0, split), lookOf(10, split), lookOf(30, nodeThreeIsDown)]);
    expect([events, lookAgain[1]]).toEqual([['open warning', 'open warning'], undefined]);
  });

  it('is forgotten when the next is good', () => {
    expect(run([lookOf(0, split), lookOf(10, agreed), lookOf(20, split)]).events).toEqual([]);
  });

  it('is confirmed by a second look even when nothing is to be waited for', () => {
    const { events, lookAgain } = run([lookOf(0, split), lookOf(0, split)], { confirmAfterMs: 0 });
    expect([events, lookAgain[0]]).toEqual([['open warning'], 0]);
  });

  it('counts as the first again when the clock stepped back', () => {
    const { events, lookAgain } = run([
      lookOf(0, split),
      lookOf(-100, split),
      lookOf(-95, split),
      lookOf(-90, split),
    ]);
    expect([events, lookAgain]).toEqual([['open warning'], [10_000, 10_000, 5_000, undefined]]);
  });
});

it('closes at the first good look, with the severity it had', () => {
  const looks = [lookOf(0, torn), lookOf(10, torn), lookOf(20, agreed), lookOf(30, agreed)];
  expect(run(looks).events).toEqual(['open critical', 'closed critical']);
});

it('opens as it would have without a restart in the middle', () => {
  const looks = [lookOf(0, split), lookOf(10, split), lookOf(40, split), lookOf(70, agreed)];
  for (let cut = 0; cut <= looks.length; cut += 1) {
    const restarted = runDetector(clusterConsensus, looks, settings, {
      restoresAt: (index) => index === cut,
    });
    expect(restarted).toEqual(runDetector(clusterConsensus, looks, settings));
  }
});

describe('a look is judged', () => {
  const confirmed = (nodes: readonly NodeObservations[]): string | undefined =>
    run([lookOf(0, nodes), lookOf(10, nodes)]).events[0];

  it.each<[string, NodeObservations[], string | undefined]>([
    ['good when all agree', agreed, undefined],
    ['good in whatever order the rows come', [says(...HEALTHY), says(...HEALTHY.toReversed())], undefined],
    [
      'good when all agree that a member is dead',
      [says('n1 Leader', 'n4 Follower dead'), says('n1 Leader', 'n4 Follower dead')],
      undefined,
    ],
    [
      'bad when a state differs',
      [says('n1 Leader', 'n2 Follower'), says('n1 Leader', 'n2 Clone')],
      'open warning',
    ],
    [
      'bad when only liveness differs',
      [says('n1 Leader', 'n2 Follower'), says('n1 Leader', 'n2 Follower dead')],
      'open warning',
    ],
    ['bad when a member is missing', [says('n1 Leader', 'n2 Follower'), says('n1 Leader')], 'open warning'],
    ['bad when a query failed', nodeThreeIsDown, 'open warning'],
    ['bad when each leads a cluster of its own', [says('n1 Leader'), says('n2 Leader')], 'open warning'],
    ['critical when they differ and show no leader', torn, 'open critical'],
    ['critical when they agree that nobody leads', leaderless, 'open critical'],
    [
      'critical when they agree that the leader is dead',
      [says('n1 Leader dead', 'n2 Unknown'), says('n1 Leader dead', 'n2 Unknown')],
      'open critical',
    ],
    ['good when a node was not asked and the others agree', [...agreed, {}], undefined],
    ['bad when a node was not asked and the others differ', [...split, {}], 'open warning'],
    ['critical when the only leader is dead', [says('n1 Leader dead'), fails('refused')], 'open critical'],
    ['critical when nobody answers', [fails('refused'), fails('timeout')], 'open critical'],
    [
      'a warning when /info still names a leader',
      [fails('not-found', 'Leader'), fails('not-found', 'Follower')],
      'open warning',
    ],
    [
      'by gossip rather than by /info where a node answers both',
      [{ ...says('n1 Unknown'), ...saysInfo('Leader') }, fails('refused')],
      'open critical',
    ],
  ])('%s', (_, nodes, expected) => {
    expect(confirmed(nodes)).toBe(expected);
  });

  it.each<[string, NodeObservations, string | undefined]>([
    ['good when it answers that it leads', says('n1 Leader'), undefined],
    ['bad when it answers that nobody leads', says('n1 Unknown'), 'open critical'],
    [
      'bad when it answers nobody leads, whatever /info says',
      { ...says('n1 Unknown'), ...saysInfo('Leader') },
      'open critical',
    ],
    ['good without gossip (404) when /info says leader', fails('not-found', 'Leader'), undefined],
    ['good without gossip (408) when /info says it leads', fails('server-timeout', 'Leader'), undefined],
    [
      'good when gossip hangs as it did before 21.2 and /info says leader',
      fails('timeout', 'Leader'),
      undefined,
    ],
    ['bad without gossip when /info says anything else', fails('not-found', 'unknown'), 'open critical'],
    ['bad when it is down', fails('refused'), 'open critical'],
    ['bad without gossip when /info fails, too', fails('not-found'), 'open critical'],
    ['bad when gossip fails otherwise', fails('not-json', 'Leader'), 'open warning'],
  ])('of a single node: %s', (_, node, expected) => {
    expect(confirmed([node])).toBe(expected);
  });

  it('not at all when the cluster has no node', () => {
    expect(run([lookOf(0, []), lookOf(10, [])])).toMatchObject({
      transitions: [],
      state: clusterConsensus.initial,
    });
  });
});

it('is not closed by looks in which a node was not asked, nor opened', () => {
  const partly = [...agreed.slice(1), {}];
  const looks = [lookOf(0, split), lookOf(10, split), lookOf(20, partly), lookOf(30, agreed)];
  expect(inShort(run(looks))).toEqual(['10 open warning', '30 closed warning']);
  expect(clusterConsensus.blindBecause(lookOf(0, partly))).toBeUndefined();
  expect(clusterConsensus.blindBecause(lookOf(0, [{}, {}]))).toBe(
    'no node has been asked for its gossip yet',
  );
  expect(run([lookOf(0, [{}, {}]), lookOf(10, [{}, {}])]).lookAgain).toEqual([undefined, undefined]);
});

describe('an open issue says', () => {
  const messageOf = (nodes: readonly NodeObservations[]): string =>
    run([lookOf(0, nodes), lookOf(10, nodes)]).transitions[0]?.message ?? '';
  const firstLineOf = (nodes: readonly NodeObservations[]): string => messageOf(nodes).split('\n')[0] ?? '';
  const n3 = 'https://n3.example.com:2113';
  const said = (...others: string[]): NodeObservations => says('n1 Leader', 'n2 Follower', ...others);

  it('what each node said, and which query failed why', () => {
    expect(messageOf(nodeThreeIsDown)).toBe(
      [
        '1 of 3 nodes of cluster orders-db does not answer the gossip query, since 2026-01-01 00:00:00 UTC. ' +
          `Spillway cannot reach ${n3}, but the peers see it alive: consider checking the network between Spillway and it, the registered address, and TLS.`,
        '• https://n1.example.com:2113 says: n1.example.com:2113 Leader, n2.example.com:2113 Follower, n3.example.com:2113 Follower',
        '• https://n2.example.com:2113 says: n1.example.com:2113 Leader, n2.example.com:2113 Follower, n3.example.com:2113 Follower',
        `• ${n3} failed: n3.example.com:2113 refused the connection: nothing listens there.`,
      ].join('\n'),
    );
  });

  it.each<[string, NodeObservations[], string]>([
    [
      'that the peers see it dead, too',
      [said('n3 Follower dead'), said('n3 Unknown dead'), fails('timeout')],
      `Spillway cannot reach ${n3}, and the peers see it dead, too: consider checking that the process and the machine run, and looking at its log.`,
    ],
    [
      'that the peers differ on it',
      [said('n3 Follower dead'), said('n3 Follower'), fails('tls')],
      `Spillway cannot reach ${n3}, and the peers differ on whether it is alive: consider checking the network between the nodes.`,
    ],
    [
      'nothing of peers whose rows cannot be mapped to the node',
      [said('other Follower'), said('other Follower'), fails('dns')],
      `Spillway cannot reach ${n3}: consider checking that the process runs, the network between Spillway and it, the registered address, and TLS.`,
    ],
    [
      'that no peer answers that could tell',
      [fails('dns'), fails('timeout')],
      'Spillway cannot reach https://n1.example.com:2113, https://n2.example.com:2113, and no peer answers that could tell of them: consider checking that the processes run, and the network between Spillway and the cluster.',
    ],
    [
      'that gossip is off there',
      [said('n3 Follower'), said('n3 Follower'), fails('not-found', 'Follower')],
      `Gossip over HTTP is turned off at ${n3}: consider turning it on there (DisableGossipOnHttp), or switching this detector off for this cluster.`,
    ],
    [
      'that the node was reached all the same',
      [said('n3 Follower'), said('n3 Follower'), fails('unauthorized')],
      `Spillway reaches ${n3} but gets no gossip from it; consider mending what is said below.`,
    ],
    [
      'that something was reached that is no such node',
      [said('n3 Follower'), said('n3 Follower'), fails('protocol')],
      `Spillway reaches ${n3} but gets no gossip from it; consider mending what is said below.`,
    ],
    [
      'nothing of peers where there are none',
      [fails('refused')],
      'The node of cluster orders-db does not answer the gossip query, since 2026-01-01 00:00:00 UTC. ' +
        'No answer shows a live leader: the cluster may not accept writes. ' +
        'Spillway cannot reach https://n1.example.com:2113: consider checking that the process runs,',
    ],
  ])('of a node that failed %s', (_, nodes, expected) => {
    expect(firstLineOf(nodes)).toContain(expected);
  });

  it('one sentence of each kind of failure', () => {
    const nodes = [
      said('n3 Follower', 'n4 Leader dead'),
      fails('not-found'),
      fails('refused'),
      fails('refused'),
    ];
    const line = firstLineOf(nodes);
    expect(line).toContain('3 of 4 nodes of cluster orders-db do not answer');
    expect(line).toMatch(
      /turned off at \S+n2\S+: .* reach \S+n3\S+, but the peers .* reach \S+n4\S+, and the peers see it dead/,
    );
  });

  it('of an address that Spillway may not contact that it has to be corrected', () => {
    expect(firstLineOf([said('n2 Follower'), fails('address-denied')])).toContain(
      'Spillway may not contact https://n2.example.com:2113: consider correcting the registered address',
    );
  });

  it('that the nodes differ', () => {
    expect(messageOf(torn)).toContain(
      "The nodes of cluster orders-db do not agree on each other's state, since",
    );
    expect(messageOf(torn)).toContain('No answer shows a live leader: the cluster may not accept writes.');
    expect(messageOf(torn)).toContain('n1.example.com:2113 Unknown (dead)');
    expect(messageOf(split)).not.toContain('No answer shows a live leader');
  });

  it.each([[leaderless], [[says('n1 Unknown')]]])('that no node leads', (nodes) => {
    expect(firstLineOf(nodes)).toBe(
      'No node leads cluster orders-db, since 2026-01-01 00:00:00 UTC. It accepts no writes until one does. ' +
        'Consider checking that most of its nodes run and reach each other, and what their logs say of elections.',
    );
  });

  it('of a node that has no gossip what it is by /info', () => {
    expect(messageOf([fails('not-found', 'unknown')])).toMatch(
      /nothing listens there\. By its \/info it is unknown\.$/,
    );
  });

  it('no more than twelve nodes and twelve members of each', () => {
    const rows = Array.from({ length: 15 }, (_, index) => `n${index + 10} Follower`);
    const lines = messageOf(rows.map(() => says(...rows))).split('\n');
    expect(lines).toHaveLength(14);
    expect(lines.at(-1)).toBe('and 3 more');
    expect(lines[1]).toContain('n21.example.com:2113 Follower, and 3 more');
  });
});

it('says when it closes who leads, and since when it had not been so', () => {
  const closed = (bad: NodeObservations[], good: NodeObservations[]): string | undefined =>
    run([lookOf(0, bad), lookOf(10, bad), lookOf(40, good)]).transitions.at(-1)?.message;
  expect(closed(split, agreed)).toBe(
    'All 3 nodes of cluster orders-db answer the gossip query and agree again; n1.example.com:2113 leads. ' +
      'They had not since 2026-01-01 00:00:00 UTC.\n' +
      '• https://n1.example.com:2113 says: n1.example.com:2113 Leader, n2.example.com:2113 Follower, n3.example.com:2113 Follower',
  );
  expect(closed([fails('refused')], [says('n1 Leader')])).toContain(
    'The node of cluster orders-db answers again; n1.example.com:2113 leads. It had not since',
  );
  expect(closed([fails('refused')], [fails('not-found', 'Leader')])).toContain(
    'https://n1.example.com:2113 leads.',
  );
});

const situations = fc.oneof(
  { weight: 4, arbitrary: fc.constant(agreed) },
  { weight: 6, arbitrary: fc.constantFrom(split, torn, leaderless, nodeThreeIsDown, [...agreed, {}], []) },
  {
    weight: 4,
    arbitrary: fc
      .constantFrom(says('n1 Leader'), fails('not-found', 'Leader'), fails('refused'), says('n1 Unknown'))
      .map((single) => [single]),
  },
);
describeDetectorProperties(clusterConsensus, episodes(situations, lookOf, { maxLooks: 4 }), settings, {
  isFailureCondition: true,
});
