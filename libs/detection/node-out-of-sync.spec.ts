import { describe, expect, it } from 'vitest';
import type { ClusterLook } from './detector.js';
import { nodeOutOfSync } from './node-out-of-sync.js';
import type { NodeObservations } from './observation.js';
import { clusterHistories } from './testing/cluster-histories.js';
import { describeDetectorProperties } from './testing/detector-properties.js';
import { clusterLook, failed, says, saysLater, silent, START_MS } from './testing/looks.js';
import { inShort, runDetector } from './testing/run-detector.js';

const settings = { windowMs: 180_000, lagMs: 2_000, maxGapMs: 90_000 };

type Answers = Readonly<Record<string, NodeObservations>>;
/** A node's answer: its own row, and that of the leader n1 at byte 1000 of epoch 5. */
const follower = (own: string, later?: string): NodeObservations => ({
  ...says(own.split(' ')[0] ?? '', 'n1 Leader @1000 e5', own),
  ...(later === undefined ? {} : saysLater(later)),
});
const leader = says('n1', 'n1 Leader @1000 e5', 'n2 Follower @900 e5', 'n3 Follower @900 e5');
const n2 = follower('n2 Follower @1000 e5');
const n3 = follower('n3 Follower @1000 e5');
const n3Behind = follower('n3 CatchingUp @400 e5', 'n3 CatchingUp @999 e5');

const inSync: Answers = { n1: leader, n2, n3 };
const behind: Answers = { n1: leader, n2, n3: n3Behind };
const untold: Answers = { n1: leader, n2, n3: silent() };

const during = (from: number, to: number, answers: Answers): ClusterLook[] =>
  Array.from({ length: (to - from) / 30 + 1 }, (_, index) => clusterLook(from + index * 30, answers));
const run = (looks: readonly ClusterLook[]) => runDetector(nodeOutOfSync, looks, settings);
const firstOf = (looks: readonly ClusterLook[]) => inShort(run(looks)).slice(0, 1);

it('opens and closes as it would have without a restart, wherever that falls', () => {
  const looks = [...during(0, 210, behind), ...during(240, 420, inSync)];
  const undisturbed = runDetector(nodeOutOfSync, looks, settings);
  expect(inShort(undisturbed)).toEqual(expect.arrayContaining(['180 open warning', '420 closed warning']));
  for (const [cut] of looks.entries())
    expect(runDetector(nodeOutOfSync, looks, settings, { restoresAt: (index) => index === cut })).toEqual(
      undisturbed,
    );
});

describe('a node out of sync opens', () => {
  it.each<[string, ClusterLook[], string[]]>([
    ['when one follower was behind throughout the window', during(0, 180, behind), ['180 open warning']],
    ['not while it is one look short', during(0, 150, behind), []],
    ['not just before the window is covered', [...during(0, 150, behind), clusterLook(179.999, behind)], []],
    [
      'not when it had reached the leader once',
      [...during(0, 90, behind), clusterLook(120, inSync), ...during(150, 300, behind)],
      [],
    ],
    [
      'not when two were behind one after the other',
      [
        ...during(0, 150, behind),
        ...during(180, 330, { n1: leader, n2: follower('n2 Follower @1 e5', 'n2 Follower @1 e5'), n3 }),
      ],
      [],
    ],
    [
      'across looks that do not tell',
      [...during(0, 60, behind), ...during(90, 120, untold), ...during(150, 180, behind)],
      ['180 open warning'],
    ],
    ['not after too long a gap', [clusterLook(0, behind), clusterLook(181, behind)], []],
    [
      'a window after the clock stepped back',
      [...during(0, 150, behind), ...during(-600, -420, behind)],
      ['-420 open warning'],
    ],
    [
      'not in the moments after an election',
      [
        ...during(0, 60, behind),
        clusterLook(90, {
          n1: silent(),
          n2: says('n2', 'n2 Unknown @1000 e5'),
          n3: says('n3', 'n3 Unknown @400 e5'),
        }),
        clusterLook(120, inSync),
        ...during(150, 300, inSync),
      ],
      [],
    ],
  ])('%s', (_, looks, expected) => {
    expect(firstOf(looks)).toEqual(expected);
  });
});

describe('an open issue of a node out of sync', () => {
  const after = (...looks: ClusterLook[]) => inShort(run([...during(0, 180, behind), ...looks])).slice(1);

  it.each<[string, ClusterLook[], string[]]>([
    ['goes on while one is behind', during(210, 240, behind), ['210 open warning', '240 open warning']],
    ['says nothing when somebody does not tell', during(210, 900, untold), []],
    [
      'says nothing without a leader',
      during(210, 900, { n1: says('n1', 'n1 Unknown'), n2: silent(), n3: silent() }),
      [],
    ],
    [
      'closes when all kept up throughout a window after it',
      during(210, 390, inSync),
      ['360 open warning', '390 closed warning'],
    ],
    [
      'stays while that is one look short',
      during(210, 360, inSync),
      ['330 open warning', '360 open warning'],
    ],
    [
      'closes a window after the last that was behind',
      [...during(210, 330, inSync), clusterLook(360, behind), ...during(390, 570, inSync)],
      ['540 open warning', '570 closed warning'],
    ],
    [
      'leaves out looks that do not tell',
      [...during(210, 330, inSync), clusterLook(360, untold), clusterLook(390, inSync)],
      ['330 open warning', '390 closed warning'],
    ],
    [
      'closes though the clock stepped back',
      [clusterLook(210, inSync), ...during(-900, -720, inSync)],
      ['-750 open warning', '-720 closed warning'],
    ],
  ])('%s', (_, looks, expected) => {
    expect(after(...looks).slice(-2)).toEqual(expected);
  });

  it('leaves nothing behind when it closes, nor does a node that is no longer registered', () => {
    expect(run([...during(0, 180, behind), ...during(210, 390, inSync)]).state).toEqual(
      nodeOutOfSync.initial,
    );
    expect(run([clusterLook(0, behind), clusterLook(30, { n1: leader, n2 })]).state).toEqual(
      nodeOutOfSync.initial,
    );
  });
});

describe('a follower', () => {
  /** What is made of n3 when it answers so at every look: it opens, or it lets close, or neither. */
  const verdictOn = (third: NodeObservations, rest: Answers = { n1: leader, n2 }): string => {
    const answers = { ...rest, n3: third };
    if (firstOf(during(0, 180, answers)).length > 0) return 'behind';
    const events = inShort(run([...during(0, 180, behind), ...during(210, 390, answers)]));
    return events.at(-1) === '390 closed warning' ? 'fine' : 'unknown';
  };

  it.each<[string, NodeObservations, string]>([
    ['has kept up when it is exactly where the leader was', follower('n3 Follower @1000 e5'), 'fine'],
    ['has kept up when it is further', follower('n3 Follower @1001 e5'), 'fine'],
    [
      'has kept up when it gets there just in time',
      follower('n3 Follower @1 e5', 'n3 Follower @1000 e5'),
      'fine',
    ],
    [
      'is behind when it is one byte short even then',
      follower('n3 Follower @1 e5', 'n3 Follower @999 e5'),
      'behind',
    ],
    [
      'is behind in another epoch, however far',
      follower('n3 Follower @5000 e4', 'n3 Follower @6000 e4'),
      'behind',
    ],
    [
      'is judged by position where no epoch is known',
      follower('n3 Follower @1', 'n3 Follower @1000'),
      'fine',
    ],
    ['is unknown when it was not asked again', follower('n3 Follower @1 e5'), 'unknown'],
    [
      'is unknown when it did not answer again',
      { ...follower('n3 Follower @1 e5'), laterSelf: failed('timeout') },
      'unknown',
    ],
    ['is unknown when its position is', follower('n3 Follower e5', 'n3 Follower e5'), 'unknown'],
    ['may show its position only later', follower('n3 Follower e5', 'n3 Follower @1000 e5'), 'fine'],
    [
      'is unknown when its answer does not tell which row is its own',
      says(null, 'n1 Leader @1000 e5', 'n3 Follower @1 e5'),
      'unknown',
    ],
    ['is unknown when it does not answer', silent(), 'unknown'],
    [
      'is none when it is a read-only replica',
      follower('n3 ReadOnlyReplica @1 e5 replica', 'n3 ReadOnlyReplica @1 e5 replica'),
      'fine',
    ],
    ['is none when it takes itself for the leader', follower('n3 Leader @1 e4', 'n3 Leader @1 e4'), 'fine'],
    ['is none when it has become the leader since', follower('n3 Follower @1 e5', 'n3 Leader @1 e6'), 'fine'],
    ['is one again when it has given up leading', follower('n3 Leader @1 e4', 'n3 Unknown @1 e4'), 'behind'],
  ])('%s', (_, third, expected) => {
    expect(verdictOn(third)).toBe(expected);
  });

  it('is judged though the leader itself does not answer', () => {
    expect(verdictOn(n3Behind, { n1: silent(), n2 })).toBe('behind');
    expect(verdictOn(n3, { n1: silent(), n2 })).toBe('fine');
  });

  it('is none when it is a read-only replica that does not answer', () => {
    const rows = ['n1 Leader @1000 e5', 'n3 ReadOnlyReplica @1 e5 replica dead'];
    expect(verdictOn(silent(), { n1: says('n1', ...rows), n2 })).toBe('fine');
  });
});

it('says which nodes are behind by how much, since when, what to consider, and where each node is', () => {
  const answers: Answers = {
    n1: leader,
    n2: follower('n2 Follower @900 e4', 'n2 Follower @900 e4'),
    n3: follower('n3 CatchingUp @400 e5', 'n3 CatchingUp @500 e5'),
    n4: silent('timeout', 'n4.example.com:2113 did not answer within 5 s.'),
  };
  const [opened, again] = run([
    ...during(0, 60, behind),
    ...during(90, 180, answers),
    clusterLook(210, inSync),
  ]).transitions;
  expect(opened).toEqual({
    event: 'open',
    severity: 'warning',
    nodeId: null,
    time: new Date(START_MS + 180_000),
    message: [
      '2 followers of cluster orders-db are out of sync: 2 s after the leader n1.example.com:2113 (epoch 5) had reached a position, they were not there yet (an issue opens after 3 min of that).',
      "- https://n2.example.com:2113 (Follower) is not in the leader's epoch 5 but in epoch 4, since 2026-01-01 00:01:30 UTC",
      '- https://n3.example.com:2113 (CatchingUp) is 500 bytes behind, since 2026-01-01 00:00:00 UTC',
      'Consider checking the throughput of network and disk between the leader and these nodes, and the load on both. ' +
        'A node that is CatchingUp after a restart or a restore needs time; one that never catches up can be restored from a backup of the leader.',
      '• https://n1.example.com:2113 says: it is Leader, at byte 1000 of epoch 5',
      '• https://n2.example.com:2113 says: it is Follower, at byte 900 of epoch 4',
      '• https://n3.example.com:2113 says: it is CatchingUp, at byte 500 of epoch 5',
      '• https://n4.example.com:2113 failed: n4.example.com:2113 did not answer within 5 s.',
    ].join('\n'),
  });
  expect(again?.message).toContain(
    'All followers of cluster orders-db keep up with the leader n1.example.com:2113 (epoch 5) again. ' +
      'One or more had been out of sync since 2026-01-01 00:00:00 UTC. ' +
      'This closes at 2026-01-01 00:06:30 UTC at the earliest, if they keep up until then.\n• ',
  );
  const { transitions } = run([...during(0, 180, behind), ...during(210, 390, inSync)]);
  expect(transitions[0]?.message).toContain(
    'A follower of cluster orders-db is out of sync: 2 s after the leader',
  );
  expect(transitions[0]?.message).toContain('(CatchingUp) is 1 bytes behind');
  expect(transitions.at(-1)?.message).not.toContain('This closes');
});

it('is off for a cluster of one node, and blind when the answers do not tell', () => {
  expect(nodeOutOfSync.offBecause?.(clusterLook(0, { n1: leader }))).toBe(
    'a cluster of one node has no peers',
  );
  expect(nodeOutOfSync.offBecause?.(clusterLook(0, inSync))).toBeUndefined();
  const blindBecause = (answers: Answers) => nodeOutOfSync.blindBecause(clusterLook(0, answers));
  expect(blindBecause(behind)).toBeUndefined();
  expect(blindBecause(untold)).toBeUndefined();
  expect(blindBecause({ n1: silent(), n2: silent() })).toBe('no node answers the gossip query');
  expect(blindBecause({ n1: says('n1', 'n1 Unknown'), n2: silent() })).toBe('no answer shows a live leader');
  expect(blindBecause({ n1: leader, n2: silent(), n3: silent() })).toBe(
    'of no follower is it known how far it is',
  );
});

it('begins anew with a stored state that it cannot read', () => {
  for (const json of [null, 5, {}, { faulty: { n3: 1 }, open: null }])
    expect(nodeOutOfSync.restore(json)).toEqual(nodeOutOfSync.initial);
});

describeDetectorProperties(
  nodeOutOfSync,
  clusterHistories,
  { ...settings, windowMs: 90_000 },
  { numRuns: 800 },
);
