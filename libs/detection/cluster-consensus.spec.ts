import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clusterConsensus } from './cluster-consensus.js';
import type { ClusterLook, Transition } from './detector.js';
import type { NodeObservations } from './observation.js';
import { settings, START_MS, toJsonAndBack } from './testing/disk-histories.js';

const at = '2026-01-01T00:00:00.000Z';
const HEALTHY = ['n1 Leader', 'n2 Follower', 'n3 Follower'];

/** A gossip answer from lines such as `n1 Leader` and `n2 Follower dead`. */
const says = (...rows: string[]): NodeObservations => {
  const members = rows.map((row) => {
    const [host = '', state = '', dead] = row.split(' ');
    return { endpoint: `${host}.example.com:2113`, state, isAlive: dead === undefined };
  });
  return { gossip: { at, ok: true, value: { members } }, info: info('follower') };
};
const fails = (code: string, state?: string): NodeObservations => ({
  gossip: {
    at,
    ok: false,
    code,
    reason: 'n3.example.com:2113 refused the connection: nothing listens there.',
  },
  info: state === undefined ? { at, ok: false, code: 'refused', reason: 'refused' } : info(state),
});
const info = (state: string) => ({ at, ok: true, value: { state, version: '24.10.0' } }) as const;

const agreed = [says(...HEALTHY), says(...HEALTHY), says(...HEALTHY)];
const nodeThreeIsDown = [says(...HEALTHY), says(...HEALTHY), fails('refused')];
const split = [says(...HEALTHY), says(...HEALTHY), says('n1 Leader dead', 'n2 Follower', 'n3 Leader')];
const leaderless = [says('n1 Unknown', 'n2 Unknown'), says('n1 Unknown dead', 'n2 Unknown')];

const lookOf = (atSeconds: number, nodes: readonly NodeObservations[]): ClusterLook => ({
  cluster: { name: 'orders-db' },
  at: new Date(START_MS + atSeconds * 1_000),
  nodes: nodes.map((observations, index) => ({
    node: { id: `node-${index + 1}`, address: `https://n${index + 1}.example.com:2113` },
    observations,
  })),
});

function run(
  looks: readonly ClusterLook[],
  stored?: unknown,
  confirmAfterMs = settings.consensusConfirmAfterMs,
) {
  let state = clusterConsensus.restore(stored);
  const transitions: Transition[] = [];
  const lookAgain: (number | undefined)[] = [];
  for (const look of looks) {
    const evaluation = clusterConsensus.evaluate(state, look, {
      ...settings,
      consensusConfirmAfterMs: confirmAfterMs,
    });
    state = evaluation.state;
    transitions.push(...evaluation.transitions);
    lookAgain.push(evaluation.lookAgainAfterMs);
  }
  return {
    state,
    transitions,
    lookAgain,
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

  it('opens when it is bad still, and then says so at every bad look', () => {
    const { events, lookAgain } = run([lookOf(0, split), lookOf(10, split), lookOf(30, nodeThreeIsDown)]);
    expect([events, lookAgain[1]]).toEqual([['open warning', 'open warning'], undefined]);
  });

  it('is forgotten when the next is good', () => {
    expect(run([lookOf(0, split), lookOf(10, agreed), lookOf(20, split)]).events).toEqual([]);
  });

  it('is confirmed by a second look even when nothing is to be waited for', () => {
    const { events, lookAgain } = run([lookOf(0, split), lookOf(0, split)], undefined, 0);
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
  const looks = [lookOf(0, leaderless), lookOf(10, leaderless), lookOf(20, agreed), lookOf(30, agreed)];
  expect(run(looks).events).toEqual(['open critical', 'closed critical']);
});

it('opens as it would have without a restart in the middle', () => {
  const looks = [lookOf(0, split), lookOf(10, split), lookOf(40, split), lookOf(70, agreed)];
  for (let cut = 0; cut <= looks.length; cut += 1) {
    const before = run(looks.slice(0, cut));
    const after = run(looks.slice(cut), toJsonAndBack(before.state));
    expect([...before.transitions, ...after.transitions]).toEqual(run(looks).transitions);
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
    ['critical without a leader', leaderless, 'open critical'],
    ['critical when the only leader is dead', [says('n1 Leader dead'), fails('refused')], 'open critical'],
    ['critical when nobody answers', [fails('refused'), fails('timeout')], 'open critical'],
    [
      'a warning when /info still names a leader',
      [fails('not-found', 'leader'), fails('not-found', 'follower')],
      'open warning',
    ],
    [
      'by gossip rather than by /info where a node answers both',
      [{ ...says('n1 Unknown'), info: info('leader') }, fails('refused')],
      'open critical',
    ],
  ])('%s', (_, nodes, expected) => {
    expect(confirmed(nodes)).toBe(expected);
  });

  it.each<[string, NodeObservations, string | undefined]>([
    ['good when it answers', says('n1 Leader'), undefined],
    ['good without gossip (404) when /info says leader', fails('not-found', 'leader'), undefined],
    ['good without gossip (408) when /info says master', fails('server-timeout', 'master'), undefined],
    [
      'good when gossip hangs as it did before 21.2 and /info says leader',
      fails('timeout', 'leader'),
      undefined,
    ],
    ['bad without gossip when /info says anything else', fails('not-found', 'unknown'), 'open critical'],
    ['bad when it is down', fails('refused'), 'open critical'],
    ['bad when gossip fails otherwise', fails('not-json', 'leader'), 'open warning'],
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

it('says what each node said, and which query failed why', () => {
  const [opened] = run([lookOf(0, nodeThreeIsDown), lookOf(10, nodeThreeIsDown)]).transitions;
  expect(opened?.message).toBe(
    [
      '1 of 3 nodes of cluster orders-db did not answer the gossip query, since 2026-01-01 00:00:00 UTC. Consider checking that these nodes run and can be reached, and the network between them.',
      '• https://n1.example.com:2113 says: n1.example.com:2113 Leader, n2.example.com:2113 Follower, n3.example.com:2113 Follower',
      '• https://n2.example.com:2113 says: n1.example.com:2113 Leader, n2.example.com:2113 Follower, n3.example.com:2113 Follower',
      '• https://n3.example.com:2113 failed: n3.example.com:2113 refused the connection: nothing listens there.',
    ].join('\n'),
  );
  const [torn] = run([lookOf(0, leaderless), lookOf(10, leaderless)]).transitions;
  expect(torn?.message).toContain("do not agree on each other's state, since");
  expect(torn?.message).toContain('No answer shows a live leader: the cluster may not accept writes.');
  expect(torn?.message).toContain('n1.example.com:2113 Unknown (dead)');
  const closed = run([lookOf(0, split), lookOf(10, split), lookOf(40, agreed)]).transitions.at(-1);
  expect(closed?.message).toContain(
    'All 3 nodes of cluster orders-db answer the gossip query and agree again.',
  );
});

describe('over any history', () => {
  const node = fc.constantFrom(
    ...agreed,
    ...split,
    ...leaderless,
    fails('refused'),
    fails('not-found', 'leader'),
  );
  const nodes = fc.oneof(fc.constant(agreed), fc.array(node, { maxLength: 4 }));
  const looks = fc
    .array(fc.record({ afterSeconds: fc.integer({ min: -20, max: 40 }), nodes }), { maxLength: 30 })
    .map((raw) => {
      let now = 0;
      return raw.map((one) => lookOf((now += one.afterSeconds), one.nodes));
    });

  it('is never closed without having been opened, nor twice', () => {
    fc.assert(
      fc.property(looks, (history) => {
        let isOpen = false;
        for (const { event } of run(history).transitions) {
          if (event === 'closed') expect(isOpen).toBe(true);
          isOpen = event === 'open';
        }
      }),
    );
  });

  it('makes the same transitions wherever it is interrupted and resumed', () => {
    fc.assert(
      fc.property(looks, fc.nat(30), (history, cut) => {
        const before = run(history.slice(0, cut));
        const after = run(history.slice(cut), toJsonAndBack(before.state));
        expect([...before.transitions, ...after.transitions]).toEqual(run(history).transitions);
      }),
    );
  });

  it('does not depend on the order of nodes and rows', () => {
    const shuffled = looks.chain((history) => fc.tuple(fc.constant(history), fc.infiniteStream(fc.nat())));
    fc.assert(
      fc.property(shuffled, ([history, dice]) => {
        const shuffle = <Item>(items: readonly Item[]): Item[] =>
          items
            .map((item) => [Number(dice.next().value), item] as const)
            .sort(([a], [b]) => a - b)
            .map(([, item]) => item);
        const mixed = history.map((look) => ({
          ...look,
          nodes: shuffle(look.nodes).map((one) => {
            const { gossip } = one.observations;
            if (gossip?.ok !== true) return one;
            const members = shuffle(gossip.value.members);
            return {
              ...one,
              observations: { ...one.observations, gossip: { ...gossip, value: { members } } },
            };
          }),
        }));
        expect(run(mixed)).toEqual(run(history));
      }),
    );
  });
});
