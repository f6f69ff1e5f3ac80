import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ClusterLook } from './detector.js';
import { leaderMismatch } from './leader-mismatch.js';
import type { NodeObservations } from './observation.js';
import { clusterHistories } from './testing/cluster-histories.js';
import { describeDetectorProperties } from './testing/detector-properties.js';
import { clusterLook, says, silent, START_MS } from './testing/looks.js';
import { inShort, runDetector } from './testing/run-detector.js';

const settings = { windowMs: 180_000, closeAfterMs: 60_000, maxGapMs: 90_000 };
const FOLLOWED = ['n1 Leader', 'n2 Follower', 'n3 Follower'];

type Answers = Readonly<Record<string, NodeObservations>>;
const agreed: Answers = {
  n1: says('n1', ...FOLLOWED),
  n2: says('n2', ...FOLLOWED),
  n3: says('n3', ...FOLLOWED),
};
const split: Answers = { ...agreed, n3: says('n3', 'n1 Leader dead', 'n3 Leader') };
const partly: Answers = { ...agreed, n3: silent() };

/** A look every 30 s at nodes that answer so. */
const during = (from: number, to: number, answers: Answers): ClusterLook[] =>
  Array.from({ length: (to - from) / 30 + 1 }, (_, index) => clusterLook(from + index * 30, answers));
const run = (looks: readonly ClusterLook[], changed: Partial<typeof settings> = {}) =>
  runDetector(leaderMismatch, looks, { ...settings, ...changed });
const firstOf = (looks: readonly ClusterLook[]) => inShort(run(looks)).slice(0, 1);

it('opens and closes as it would have without a restart, wherever that falls', () => {
  const looks = [...during(0, 240, split), ...during(270, 330, agreed)];
  const undisturbed = runDetector(leaderMismatch, looks, settings);
  expect(inShort(undisturbed)).toEqual(expect.arrayContaining(['180 open critical', '270 closed critical']));
  for (const [cut] of looks.entries())
    expect(runDetector(leaderMismatch, looks, settings, { restoresAt: (index) => index === cut })).toEqual(
      undisturbed,
    );
});

describe('a leader mismatch opens', () => {
  it.each<[string, ClusterLook[], string[]]>([
    ['when the nodes disagree throughout the window', during(0, 300, split), ['180 open critical']],
    ['not while it is one look short', during(0, 150, split), []],
    ['not just before the window is covered', [...during(0, 150, split), clusterLook(179.999, split)], []],
    [
      'not when they agreed once in between',
      [...during(0, 60, split), clusterLook(90, agreed), ...during(120, 270, split)],
      [],
    ],
    [
      'a window after they agreed',
      [clusterLook(0, split), clusterLook(30, agreed), ...during(60, 300, split)],
      ['240 open critical'],
    ],
    [
      'across looks that do not tell',
      [...during(0, 60, split), clusterLook(90, partly), ...during(120, 180, split)],
      ['180 open critical'],
    ],
    ['not at a look that does not tell', [...during(0, 150, split), clusterLook(180, partly)], []],
    ['when a gap is just permitted', [clusterLook(0, split), clusterLook(180, split)], ['180 open critical']],
    ['not after a longer gap', [clusterLook(0, split), clusterLook(181, split)], []],
    ['a window after such a gap', [clusterLook(0, split), ...during(181, 361, split)], ['361 open critical']],
    [
      'a window after the clock stepped back',
      [...during(0, 150, split), ...during(-600, -420, split)],
      ['-420 open critical'],
    ],
  ])('%s', (_, looks, expected) => {
    expect(firstOf(looks)).toEqual(expected);
  });

  it('not in the moments after an election, in which nodes name the old leader or nobody', () => {
    const electing = {
      n1: silent(),
      n2: says('n2', 'n1 Leader', 'n2 Unknown'),
      n3: says('n3', 'n2 Unknown', 'n3 Unknown'),
    };
    const elected = { ...electing, n2: says('n2', 'n1 Unknown dead', 'n2 Leader e2', 'n3 Unknown') };
    const settled = {
      n1: says('n1', 'n2 Leader e2'),
      n2: says('n2', 'n2 Leader e2'),
      n3: says('n3', 'n2 Leader e2'),
    };
    expect(
      firstOf([...during(0, 60, electing), ...during(90, 120, elected), ...during(150, 600, settled)]),
    ).toEqual([]);
  });
});

describe('an open leader mismatch', () => {
  const open = during(0, 180, split);
  const after = (...looks: ClusterLook[]) => inShort(run([...open, ...looks])).slice(1);

  it.each<[string, ClusterLook[], string[]]>([
    ['goes on while they disagree', during(210, 240, split), ['210 open critical', '240 open critical']],
    [
      'stays until a minute after it was opened, though they agree',
      [clusterLook(239.999, agreed)],
      ['239.999 open critical'],
    ],
    [
      'closes when they agree a minute after it was opened',
      [clusterLook(240, agreed)],
      ['240 closed critical'],
    ],
    [
      'closes when they agree later',
      [...during(210, 270, split), clusterLook(300, agreed)],
      ['210 open critical', '240 open critical', '270 open critical', '300 closed critical'],
    ],
    ['says nothing when too few answer', during(210, 600, partly), []],
    ['closes after any gap', [clusterLook(100_000, agreed)], ['100000 closed critical']],
    [
      'closes though the clock stepped back by a day',
      [clusterLook(-86_400, agreed), clusterLook(-86_370, agreed), clusterLook(-86_340, agreed)],
      ['-86400 open critical', '-86370 open critical', '-86340 closed critical'],
    ],
    [
      'needs a whole window to open again',
      [clusterLook(240, agreed), ...during(270, 420, split)],
      ['240 closed critical'],
    ],
  ])('%s', (_, looks, expected) => {
    expect(after(...looks)).toEqual(expected);
  });
});

describe('the nodes', () => {
  /** What is made of these answers: they last for a window, then so do the same once an issue is open. */
  const verdictOn = (answers: Answers) => {
    if (firstOf(during(0, 180, answers)).length > 0) return 'disagree';
    return inShort(run([...during(0, 180, split), clusterLook(600, answers)])).at(-1) ===
      '600 closed critical'
      ? 'agree'
      : 'unknown';
  };
  const nobody = says('n3', 'n3 Unknown', 'n1 Unknown');

  it.each<[string, Answers, string]>([
    ['agree when all name the same', agreed, 'agree'],
    ['agree when all name nobody', { n1: says('n1', 'n1 Unknown'), n2: nobody, n3: nobody }, 'agree'],
    ['name none in an answer without rows', { ...agreed, n3: says('n3') }, 'unknown'],
    [
      'name themselves if they take themselves for a leader of the same epoch',
      { ...agreed, n3: says('n3', 'n1 Leader e5', 'n3 Leader e5') },
      'disagree',
    ],
    ['disagree when one names nobody', { ...agreed, n3: nobody }, 'disagree'],
    [
      'disagree when one names a leader that is dead to it',
      { ...agreed, n3: says('n3', 'n1 Leader dead') },
      'disagree',
    ],
    ['disagree though a third does not answer', { ...split, n2: silent() }, 'disagree'],
    ['may agree or not when one does not answer', partly, 'unknown'],
    [
      'may agree or not when all are read-only replicas',
      { n1: says('n1', 'n1 ReadOnlyReplica replica'), n2: says('n2', 'n2 ReadOnlyReplica replica') },
      'unknown',
    ],
    ['may agree or not when none answers', { n1: silent(), n2: silent(), n3: silent() }, 'unknown'],
    [
      'are taken at the leader of the highest epoch',
      { ...agreed, n3: says('n3', 'n1 Leader e5', 'n3 Leader e4') },
      'agree',
    ],
    [
      'have votes only if they are no read-only replicas',
      { ...agreed, n3: says('n3', 'n3 ReadOnlyLeaderless replica') },
      'agree',
    ],
    [
      'agree without a read-only replica that does not answer',
      {
        n1: says('n1', 'n1 Leader', 'n3 ReadOnlyReplica replica'),
        n2: says('n2', 'n1 Leader'),
        n3: silent(),
      },
      'agree',
    ],
    [
      'disagree when each elected itself',
      { n1: says('n1', 'n1 Leader'), n2: says('n2', 'n2 Leader') },
      'disagree',
    ],
  ])('%s', (_, answers, expected) => {
    expect(verdictOn(answers)).toBe(expected);
  });
});

it('says that they disagree, since when, what to consider, and whom each names', () => {
  const answers = { ...split, n2: silent('timeout', 'n2.example.com:2113 did not answer within 5 s.') };
  const [opened] = run(during(0, 180, answers)).transitions;
  expect(opened).toEqual({
    event: 'open',
    severity: 'critical',
    nodeId: null,
    time: new Date(START_MS + 180_000),
    message: [
      'The nodes of cluster orders-db disagree on which of them leads, since 2026-01-01 00:00:00 UTC (an issue opens after 3 min of that). ' +
        'Clients may be sent to a node that cannot accept their writes. ' +
        'Consider checking the network between the nodes, restarting a node that still follows a leader of the past, ' +
        'and whether all of them are set up as members of the same cluster (cluster size, gossip seeds).',
      '• https://n1.example.com:2113 says: n1.example.com:2113 leads',
      '• https://n2.example.com:2113 failed: n2.example.com:2113 did not answer within 5 s.',
      '• https://n3.example.com:2113 says: n3.example.com:2113 leads',
    ].join('\n'),
  });
  const replica = {
    n1: says('n1', 'n1 Leader e4'),
    n2: says('n2', 'n2 ReadOnlyReplica replica', 'n1 Leader e4'),
  };
  const [again, closed] = run([
    ...during(0, 180, answers),
    clusterLook(210, agreed),
    clusterLook(240, replica),
  ]).transitions.slice(1);
  expect(again?.message).toContain(
    'The nodes of cluster orders-db agree again on which of them leads; they had disagreed since 2026-01-01 00:00:00 UTC. ' +
      'This closes at 2026-01-01 00:04:00 UTC at the earliest, if they still agree then.',
  );
  expect(closed?.message).toBe(
    [
      'The nodes of cluster orders-db agree again on which of them leads. They had disagreed since 2026-01-01 00:00:00 UTC.',
      '• https://n1.example.com:2113 says: n1.example.com:2113 (epoch 4) leads',
      '• https://n2.example.com:2113 says: n1.example.com:2113 (epoch 4) leads (a read-only replica, does not count)',
    ].join('\n'),
  );
});

it('is off for a cluster of one node, and blind when the answers do not tell', () => {
  expect(leaderMismatch.offBecause?.(clusterLook(0, { n1: says('n1', 'n1 Leader') }))).toBe(
    'a cluster of one node has no peers',
  );
  expect(leaderMismatch.offBecause?.(clusterLook(0, agreed))).toBeUndefined();
  expect(leaderMismatch.blindBecause(clusterLook(0, agreed))).toBeUndefined();
  expect(leaderMismatch.blindBecause(clusterLook(0, partly))).toBe(
    'too few nodes answer the gossip query to compare them',
  );
  expect(leaderMismatch.blindBecause(clusterLook(0, { n1: silent(), n2: silent() }))).toBe(
    'no node answers the gossip query',
  );
});

it('begins anew with a stored state that it cannot read, and remembers nothing in health', () => {
  for (const json of [null, 5, {}, { run: null, open: {} }])
    expect(leaderMismatch.restore(json)).toEqual(leaderMismatch.initial);
  expect(run([...during(0, 180, split), clusterLook(240, agreed)]).state).toEqual(leaderMismatch.initial);
});

describeDetectorProperties(leaderMismatch, clusterHistories, settings, { numRuns: 800 });

it('opens over any history as the plain reading of the rule says', () => {
  const sample = fc.record({
    stepSeconds: fc.constantFrom(30, 30, 30, 31, 90, 180, 181),
    answers: fc.constantFrom(split, split, split, split, partly, agreed),
  });
  fc.assert(
    fc.property(fc.array(sample, { maxLength: 30 }), (samples) => {
      let now = 0;
      const looks = samples.map(({ stepSeconds, answers }) => ({ at: (now += stepSeconds), answers }));
      const told = looks.filter(({ answers }) => answers !== partly);
      const expected = told.find(({ at }, index) => {
        for (let first = index; told[first]?.answers === split; first -= 1) {
          if (at - told[first]!.at >= 180) return true;
          if (first > 0 && told[first]!.at - told[first - 1]!.at > 180) return false;
        }
        return false;
      });
      const [opened] = run(looks.map(({ at, answers }) => clusterLook(at, answers))).transitions;
      expect(opened && (opened.time.getTime() - START_MS) / 1_000).toBe(expected?.at);
    }),
    { numRuns: 2_000 },
  );
});
