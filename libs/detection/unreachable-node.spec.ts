import { describe, expect, it } from 'vitest';
import type { ClusterLook } from './detector.js';
import type { NodeObservations } from './observation.js';
import { clusterHistories } from './testing/cluster-histories.js';
import { describeDetectorProperties } from './testing/detector-properties.js';
import { clusterLook, endpointOf, nodeOf, row, says, saysInfo, silent, START_MS } from './testing/looks.js';
import { inShort, runDetector } from './testing/run-detector.js';
import { unreachableNode } from './unreachable-node.js';

const settings = { windowMs: 180_000, maxGapMs: 90_000 };
const ALL = ['n1 Leader', 'n2 Follower', 'n3 Follower'];
const WITHOUT_N3 = ['n1 Leader', 'n2 Follower', 'n3 Follower dead'];

/** Rows under names that no node is registered by. */
const STRANGERS = ['m1 Leader', 'm2 Follower', 'm3 Follower'];
const TWO_STRANGERS = ['m1 Leader', 'm2 Follower', 'm3 Follower dead'];

type Answers = Readonly<Record<string, NodeObservations>>;
const healthy: Answers = { n1: says('n1', ...ALL), n2: says('n2', ...ALL), n3: says('n3', ...ALL) };
/** n1 does not see n3; n2 does. */
const parted: Answers = { ...healthy, n1: says('n1', ...WITHOUT_N3) };
const down: Answers = { n1: says('n1', ...WITHOUT_N3), n2: says('n2', ...WITHOUT_N3), n3: silent() };
const untold: Answers = { ...healthy, n1: silent() };

const during = (from: number, to: number, answers: Answers): ClusterLook[] =>
  Array.from({ length: (to - from) / 30 + 1 }, (_, index) => clusterLook(from + index * 30, answers));
const run = (looks: readonly ClusterLook[]) => runDetector(unreachableNode, looks, settings);
const firstOf = (looks: readonly ClusterLook[]) => inShort(run(looks)).slice(0, 1);

it('opens and closes as it would have without a restart, wherever that falls', () => {
  const looks = [...during(0, 210, parted), ...during(240, 420, healthy)];
  const undisturbed = runDetector(unreachableNode, looks, settings);
  expect(inShort(undisturbed)).toEqual(expect.arrayContaining(['180 open critical', '420 closed critical']));
  for (const [cut] of looks.entries())
    expect(runDetector(unreachableNode, looks, settings, { restoresAt: (index) => index === cut })).toEqual(
      undisturbed,
    );
});

it('closes when there are as many alive as nodes again, also if none can be told from another', () => {
  const two = { n1: says(null, ...TWO_STRANGERS), n2: says(null, ...TWO_STRANGERS), n3: silent() };
  const all = { n1: says(null, ...STRANGERS), n2: says(null, ...STRANGERS), n3: says(null, ...STRANGERS) };
  expect(inShort(run([...during(0, 180, two), ...during(210, 390, all)])).at(-1)).toBe('390 closed critical');
});

describe('an unreachable node opens', () => {
  it.each<[string, ClusterLook[], string[]]>([
    ['when one did not see another throughout the window', during(0, 180, parted), ['180 open critical']],
    ['when a node is down', during(0, 180, down), ['180 open critical']],
    [
      'when a node is down whose endpoint was never known, because the rows of the others leave none for it',
      during(0, 180, {
        n1: says('m1', 'm1 Leader', 'm2 Follower', 'm3 Follower dead'),
        n2: says('m2', 'm1 Leader', 'm2 Follower'),
        n3: silent(),
      }),
      ['180 open critical'],
    ],
    [
      'not when nobody can be told from another, and there are as many alive as there are nodes',
      during(0, 600, {
        n1: says(null, ...STRANGERS),
        n2: says(null, ...STRANGERS),
        n3: says(null, ...STRANGERS),
      }),
      [],
    ],
    [
      'when nobody can be told from another, but there are fewer alive than nodes',
      during(0, 180, { n1: says(null, ...TWO_STRANGERS), n2: says(null, ...TWO_STRANGERS), n3: silent() }),
      ['180 open critical'],
    ],
    [
      'not when one sees fewer than the others, and all of them answer but none can be told from another',
      during(0, 600, {
        n1: says(null, ...TWO_STRANGERS),
        n2: says(null, ...STRANGERS),
        n3: says(null, ...STRANGERS),
      }),
      [],
    ],
    ['not while it is one look short', during(0, 150, parted), []],
    ['not just before the window is covered', [...during(0, 150, parted), clusterLook(179.999, parted)], []],
    [
      'not when it was seen once',
      [...during(0, 90, parted), clusterLook(120, healthy), ...during(150, 300, parted)],
      [],
    ],
    [
      'not when two did not see it one after the other',
      [...during(0, 150, parted), ...during(180, 330, { ...healthy, n2: says('n2', ...WITHOUT_N3) })],
      [],
    ],
    [
      'across looks at which the other did not answer',
      [...during(0, 60, parted), ...during(90, 120, untold), ...during(150, 180, parted)],
      ['180 open critical'],
    ],
    [
      'not at a look at which the other did not answer',
      [...during(0, 150, parted), clusterLook(180, untold)],
      [],
    ],
    ['not after too long a gap', [clusterLook(0, parted), clusterLook(181, parted)], []],
    [
      'a window after the clock stepped back',
      [...during(0, 150, parted), ...during(-600, -420, parted)],
      ['-420 open critical'],
    ],
    ['not because we ourselves do not reach a node', during(0, 600, { ...healthy, n3: silent() }), []],
    [
      'not in the moments after an election',
      [
        ...during(0, 60, {
          n1: silent(),
          n2: says('n2', 'n1 Leader dead', 'n2 Leader', 'n3 Unknown'),
          n3: says('n3', 'n1 Unknown dead', 'n2 Leader', 'n3 Unknown'),
        }),
        ...during(90, 600, healthy),
      ],
      [],
    ],
  ])('%s', (_, looks, expected) => {
    expect(firstOf(looks)).toEqual(expected);
  });
});

describe('an open issue of an unreachable node', () => {
  const after = (...looks: ClusterLook[]) => inShort(run([...during(0, 180, parted), ...looks])).slice(1);

  it.each<[string, ClusterLook[], string[]]>([
    [
      'goes on while any node is not seen',
      [clusterLook(210, down), clusterLook(240, parted)],
      ['210 open critical', '240 open critical'],
    ],
    ['says nothing when somebody does not answer', during(210, 900, untold), []],
    [
      'closes when all saw each other throughout a window after it',
      during(210, 390, healthy),
      ['360 open critical', '390 closed critical'],
    ],
    [
      'stays while that is one look short',
      during(210, 360, healthy),
      ['330 open critical', '360 open critical'],
    ],
    [
      'closes a window after the last at which one was not seen',
      [...during(210, 330, healthy), clusterLook(360, parted), ...during(390, 570, healthy)],
      ['540 open critical', '570 closed critical'],
    ],
    [
      'leaves out looks at which some did not answer',
      [...during(210, 330, healthy), clusterLook(360, untold), clusterLook(390, healthy)],
      ['330 open critical', '390 closed critical'],
    ],
    [
      'closes though the clock stepped back',
      [clusterLook(210, healthy), ...during(-900, -720, healthy)],
      ['-750 open critical', '-720 closed critical'],
    ],
  ])('%s', (_, looks, expected) => {
    expect(after(...looks).slice(-2)).toEqual(expected);
  });
});

describe('a node is', () => {
  /** Whether n1 is taken to see n3, from the last of these looks lasting for a window after the others. */
  const verdictOn = (last: Answers, ...before: Answers[]): string => {
    const past = before.map((answers, index) => clusterLook(index - before.length, answers));
    if (firstOf([...past, ...during(0, 180, last)]).length > 0) return 'not seen';
    const closing = inShort(run([...during(-900, -600, parted), ...past, ...during(0, 180, last)]));
    return closing.at(-1) === '180 closed critical' ? 'seen' : 'unknown';
  };
  /** As the members know it, where that is not how it is registered. */
  const elsewhere = (self: string | null): NodeObservations =>
    says(self, 'n1 Leader', 'n2 Follower', 'pod-3 Follower');
  const n3IsElsewhere: Answers = { n1: elsewhere('n1'), n2: elsewhere('n2'), n3: elsewhere('pod-3') };
  const rowsOf = (...rows: string[]) => ({
    n1: says('n1', 'n1 Leader', 'n2 Follower', ...rows),
    n2: says('n2', 'n1 Leader', 'n2 Follower', ...rows),
    n3: silent(),
  });

  it.each<[string, string, Answers, Answers[]]>([
    ['seen under the name by which it is registered', 'seen', healthy, []],
    [
      'seen under the name that it calls itself',
      'seen',
      { ...rowsOf('pod-3 Follower'), n3: elsewhere('pod-3') },
      [],
    ],
    ['not seen when it is dead under that name', 'not seen', rowsOf('pod-3 Follower dead'), [n3IsElsewhere]],
    ['not seen when its row is gone', 'not seen', rowsOf(), [healthy]],
    [
      'not seen when its row is gone though a stranger is there',
      'not seen',
      rowsOf('n9 Follower'),
      [healthy],
    ],
    ['not seen when it never answered and there is no row that could be it', 'not seen', rowsOf(), []],
    [
      'not seen when it never answered and all rows that could be it are dead',
      'not seen',
      rowsOf('pod-3 Follower dead', 'pod-4 Follower dead'),
      [],
    ],
    [
      'unknown when it never answered and a live row could be it',
      'unknown',
      rowsOf('pod-3 Follower', 'pod-4 Follower dead'),
      [],
    ],
    [
      'not seen when the row of its registered name is dead, though it never answered',
      'not seen',
      rowsOf('n3 Follower dead', 'n9 Follower'),
      [],
    ],
    [
      'seen at a new address while its old row is dead still',
      'seen',
      {
        n1: says('n1', ...ALL, 'pod-3 Follower dead'),
        n2: says('n2', ...ALL, 'pod-3 Follower dead'),
        n3: healthy['n3']!,
      },
      [n3IsElsewhere],
    ],
    [
      'not seen when another has taken the name that it had',
      'not seen',
      {
        n1: says('n1', 'n1 Leader', 'pod-3 Follower'),
        n2: says('pod-3', 'n1 Leader', 'pod-3 Follower'),
        n3: silent(),
      },
      [n3IsElsewhere],
    ],
    [
      'seen when an answer tells no name of itself, by the one it had',
      'seen',
      { n1: elsewhere('n1'), n2: elsewhere('n2'), n3: elsewhere(null) },
      [n3IsElsewhere],
    ],
    [
      'seen like any other as a read-only replica',
      'not seen',
      { ...healthy, n1: says('n1', 'n1 Leader', 'n2 Follower', 'n3 ReadOnlyReplica replica dead') },
      [],
    ],
    [
      'no concern of anybody when it is not registered',
      'seen',
      { n1: says('n1', ...ALL, 'n9 Follower dead'), n2: says('n2', ...ALL), n3: says('n3', ...ALL) },
      [],
    ],
  ])('%s', (_, expected, last, before) => {
    expect(verdictOn(last, ...before)).toBe(expected);
  });
});

describe('what is remembered', () => {
  it('is what the nodes call themselves, and nothing of nodes that are no longer registered', () => {
    const endpoints = { 'node-n1': endpointOf('n1'), 'node-n2': endpointOf('n2') };
    const { state } = run([
      ...during(0, 180, parted),
      ...during(210, 390, healthy),
      clusterLook(420, { n1: healthy['n1']!, n2: healthy['n2']! }),
    ]);
    expect(state).toEqual({ ...unreachableNode.initial, endpoints });
    expect(
      run([clusterLook(0, parted), clusterLook(30, { n1: healthy['n1']!, n2: healthy['n2']! })]).state,
    ).toEqual(state);
  });

  it('does not change in health', () => {
    const states = run(during(0, 300, healthy)).evaluations.map(({ state }) => JSON.stringify(state));
    expect(new Set(states).size).toBe(1);
  });

  it('is forgotten when it cannot be read', () => {
    for (const json of [null, 5, {}, { faulty: {}, open: null }])
      expect(unreachableNode.restore(json)).toEqual(unreachableNode.initial);
  });
});

describe('the message', () => {
  const ADVICE =
    'Consider checking whether these nodes run, and the network, firewalls and certificates between the nodes.';

  it('says who does not see whom since when, that we do, what to consider, and what each sees', () => {
    const [opened, again] = run([...during(0, 180, parted), clusterLook(210, healthy)]).transitions;
    expect(opened).toEqual({
      event: 'open',
      severity: 'critical',
      nodeId: null,
      time: new Date(START_MS + 180_000),
      message: [
        'A node of cluster orders-db cannot be reached by some of the others (an issue opens after 3 min of that):',
        '- https://n3.example.com:2113 is unreachable from https://n1.example.com:2113, since 2026-01-01 00:00:00 UTC. Spillway itself reaches it: the trouble lies between the nodes.',
        ADVICE,
        '• https://n1.example.com:2113 says: https://n2.example.com:2113 alive, https://n3.example.com:2113 dead',
        '• https://n2.example.com:2113 says: https://n1.example.com:2113 alive, https://n3.example.com:2113 alive',
        '• https://n3.example.com:2113 says: https://n1.example.com:2113 alive, https://n2.example.com:2113 alive',
      ].join('\n'),
    });
    expect(again?.message).toContain(
      'All nodes of cluster orders-db reach each other again. One or more had been unreachable since 2026-01-01 00:00:00 UTC. ' +
        'This closes at 2026-01-01 00:06:30 UTC at the earliest, if that stays so until then.\n• ',
    );
  });

  it('says why we do not reach the node either', () => {
    const [opened] = run([
      ...during(0, 60, parted),
      ...during(90, 180, { ...down, n2: says('n2', 'n1 Leader', 'n2 Follower') }),
    ]).transitions;
    expect(opened?.message.split('\n')).toEqual([
      'A node of cluster orders-db cannot be reached by some of the others (an issue opens after 3 min of that):',
      '- https://n3.example.com:2113 is unreachable from https://n1.example.com:2113, https://n2.example.com:2113, since 2026-01-01 00:00:00 UTC. ' +
        'Spillway gets no answer from it either. the node refused the connection: nothing listens there. The node or its machine is probably down.',
      ADVICE,
      '• https://n1.example.com:2113 says: https://n2.example.com:2113 alive, https://n3.example.com:2113 dead',
      '• https://n2.example.com:2113 says: https://n1.example.com:2113 alive, https://n3.example.com:2113 missing',
      '• https://n3.example.com:2113 failed: the node refused the connection: nothing listens there.',
    ]);
  });

  it('takes any answer of the node for being reached, and an unasked one for neither', () => {
    const opening = (third: NodeObservations) =>
      run(during(0, 180, { ...down, n3: third })).transitions[0]?.message;
    expect(opening({ ...silent('not-found'), ...saysInfo('Follower') })).toContain(
      'Spillway itself reaches it',
    );
    expect(opening({})).toContain('Spillway itself has not asked it.');
    for (const code of ['tls', 'dns', 'unauthorized', 'http-status'])
      expect(opening(silent(code, 'Something else.'))).toContain(
        'Whether it runs Spillway cannot tell. Something else.\n',
      );
    expect(opening({})).toContain('• https://n3.example.com:2113: not asked');
  });

  it('says once what is the same of all', () => {
    const hosts = ['n1', 'n2', 'n3'];
    const answers = Object.fromEntries(hosts.map((host) => [host, says(host, `${host} Leader`)]));
    const [opened] = run(during(0, 180, answers)).transitions;
    expect(opened?.message.match(/the trouble lies between the nodes/g)).toHaveLength(1);
    expect(opened?.message).toContain('Spillway itself reaches them:');
  });

  it('stays short, however many nodes there are', () => {
    const hosts = Array.from({ length: 40 }, (_, index) => `m${index + 10}`);
    const answers = Object.fromEntries(hosts.map((host) => [host, says(host, `${host} Leader`)]));
    const [opened] = run(during(0, 180, answers)).transitions;
    expect(opened?.message.split('\n')).toHaveLength(3 + 13 + 13);
    expect(opened?.message.length).toBeLessThan(15_000);
  });
});

it('is off for a cluster of one node, and blind when no node answers', () => {
  expect(unreachableNode.offBecause?.(clusterLook(0, { n1: healthy['n1']! }))).toBe(
    'a cluster of one node has no peers',
  );
  expect(unreachableNode.offBecause?.(clusterLook(0, healthy))).toBeUndefined();
  expect(unreachableNode.blindBecause(clusterLook(0, untold))).toBeUndefined();
  expect(unreachableNode.blindBecause(clusterLook(0, { n1: silent(), n2: silent() }))).toBe(
    'no node answers the gossip query',
  );
});

it('knows a node by its registered address, whatever way that is written', () => {
  /** n1's answer has a dead row of that endpoint and a live row of a stranger; n2 has never answered. */
  const look = (address: string, endpoint: string): ClusterLook => {
    const members = [row('n1 Leader'), { ...row('n2 Follower dead'), endpoint }, row('n9 Follower')];
    const at = new Date(START_MS).toISOString();
    return {
      ...clusterLook(0, {}),
      nodes: [
        {
          node: nodeOf('n1'),
          observations: { gossip: { at, ok: true, value: { members, self: endpointOf('n1') } } },
        },
        { node: nodeOf('n2', { address }), observations: silent() },
      ],
    };
  };
  const isKnownDead = (address: string, endpoint: string) =>
    runDetector(unreachableNode, [look(address, endpoint)], { ...settings, windowMs: 0 }).transitions.length >
    0;
  expect(isKnownDead('https://N2.example.com:2113', 'n2.EXAMPLE.com:2113')).toBe(true);
  expect(isKnownDead('http://[::1]:2113', '::1:2113')).toBe(true);
  expect(isKnownDead('https://n2.example.com', 'n2.example.com:443')).toBe(true);
  expect(isKnownDead('http://n2.example.com', 'n2.example.com:80')).toBe(true);
  expect(isKnownDead('https://n2.example.com:2114', 'n2.example.com:2113')).toBe(false);
  expect(isKnownDead('no address at all', 'n2.example.com:2113')).toBe(false);
});

describeDetectorProperties(
  unreachableNode,
  clusterHistories,
  { ...settings, windowMs: 90_000 },
  { numRuns: 800 },
);
