import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ClusterLook } from './detector.js';
import { frequentElections } from './frequent-elections.js';
import type { NodeObservations } from './observation.js';
import { clusterHistories } from './testing/cluster-histories.js';
import { describeDetectorProperties } from './testing/detector-properties.js';
import { clusterLook, says, silent, START_MS } from './testing/looks.js';
import { inShort, runDetector } from './testing/run-detector.js';

const MINUTE = 60;
const HOUR = 3_600;
const settings = { windowMs: HOUR * 1_000, maxGapMs: 90_000 };

/** All nodes name this leader: `n1 e7`, or `n1` with no epoch known. */
const led = (seconds: number, leader: string): ClusterLook => {
  const [host = '', epoch = ''] = leader.split(' ');
  const rows = ['n1', 'n2', 'n3'].map((member) =>
    `${member} ${member === host ? 'Leader' : 'Follower'} @100 ${epoch}`.trim(),
  );
  return clusterLook(seconds, { n1: says('n1', ...rows), n2: says('n2', ...rows), n3: says('n3', ...rows) });
};
/** n1, which is further and first by name, claims to lead beside n2. */
const twoLeaders = (seconds: number): ClusterLook =>
  clusterLook(seconds, {
    n1: says('n1', 'n1 Leader @200 e1', 'n2 Follower @100 e1'),
    n2: says('n2', 'n1 Follower @100 e1', 'n2 Leader @100 e1'),
  });
const leaderless = (seconds: number): ClusterLook =>
  clusterLook(seconds, { n1: says('n1', 'n1 Unknown', 'n2 Leader dead'), n2: silent(), n3: silent() });

/** Looks every 5 minutes from `from` to `to` at the same leader. */
const steady = (from: number, to: number, leader: string): ClusterLook[] =>
  Array.from({ length: Math.floor((to - from) / 300) + 1 }, (_, index) => led(from + index * 300, leader));

const run = (looks: readonly ClusterLook[], changed: Partial<typeof settings> = {}) =>
  runDetector(frequentElections, looks, { ...settings, ...changed });
const openings = (looks: readonly ClusterLook[]) =>
  inShort(run(looks))
    .filter((line) => line.includes('open'))
    .slice(0, 1);

it('says that it stays open when more than one change was seen in the period', () => {
  const looks = [led(0, 'n1 e1'), led(30, 'n2 e2'), led(60, 'n1 e3'), led(90, 'n2 e4'), led(120, 'n1 e5')];
  expect(run(looks).transitions.at(-1)?.message).toContain(
    'It has changed 2 times since 2026-01-01 00:01:00 UTC, so this stays open until 2026-01-01 02:01:00 UTC at least.',
  );
});

it('opens and closes as it would have without a restart, wherever that falls', () => {
  const looks = [led(0, 'n1 e1'), led(30, 'n2 e2'), led(60, 'n1 e3'), ...steady(360, HOUR + 60, 'n1 e3')];
  const undisturbed = runDetector(frequentElections, looks, settings);
  expect(inShort(undisturbed)).toEqual(expect.arrayContaining(['60 open warning', '3660 closed warning']));
  for (const [cut] of looks.entries())
    expect(runDetector(frequentElections, looks, settings, { restoresAt: (index) => index === cut })).toEqual(
      undisturbed,
    );
});

describe('frequent elections open', () => {
  it.each<[string, ClusterLook[], string[]]>([
    ['not at one change', [led(0, 'n1 e1'), ...steady(300, 2 * HOUR, 'n2 e2')], []],
    [
      'at the second within an hour',
      [led(0, 'n1 e1'), led(30, 'n2 e2'), led(60, 'n1 e3')],
      ['60 open warning'],
    ],
    [
      'at two that are just less than an hour apart',
      [led(0, 'n1 e1'), ...steady(10, 3_310, 'n2 e2'), led(3_609, 'n1 e3')],
      ['3609 open warning'],
    ],
    [
      'at two that are exactly an hour apart',
      [led(0, 'n1 e1'), ...steady(10, 3_310, 'n2 e2'), led(3_610, 'n1 e3')],
      ['3610 open warning'],
    ],
    [
      'not at two that are just more than an hour apart',
      [led(0, 'n1 e1'), ...steady(10, 3_310, 'n2 e2'), led(3_611, 'n1 e3')],
      [],
    ],
    [
      'not when the cluster is seen for the first time, whatever its epoch',
      [led(0, 'n1 e900'), led(30, 'n1 e900')],
      [],
    ],
    [
      'when the same node was elected anew twice',
      [led(0, 'n1 e1'), led(30, 'n1 e2'), led(60, 'n1 e3')],
      ['60 open warning'],
    ],
    ['when two epochs passed between two looks', [led(0, 'n1 e1'), led(30, 'n1 e3')], ['30 open warning']],
    [
      'by the endpoint where no epoch is known',
      [led(0, 'n1'), led(30, 'n2'), led(60, 'n1')],
      ['60 open warning'],
    ],
    [
      'by the endpoint where the epoch does not rise with it',
      [led(0, 'n1 e1'), led(30, 'n2 e1'), led(60, 'n1 e1')],
      ['60 open warning'],
    ],
    [
      'not twice by a change whose epoch rises a moment later',
      [led(0, 'n1 e1'), led(30, 'n2 e1'), led(60, 'n2 e2'), led(90, 'n2 e2')],
      [],
    ],
    [
      'once for each change, whether its epoch rises with it or later',
      [led(0, 'n1 e1'), led(30, 'n2 e1'), led(60, 'n2 e2'), led(90, 'n1 e3')],
      ['90 open warning'],
    ],
    [
      'not by a second node of the same epoch that takes itself for the leader beside the known one',
      [led(0, 'n2 e1'), twoLeaders(30), led(60, 'n2 e1'), twoLeaders(90), led(120, 'n2 e1')],
      [],
    ],
    [
      'not because an epoch is unknown for a while',
      [led(0, 'n1 e1'), led(30, 'n1'), led(60, 'n1 e1'), led(90, 'n1'), led(120, 'n1 e2')],
      [],
    ],
    [
      'by epochs of the same node between which none was known',
      [led(0, 'n1 e1'), led(30, 'n1'), led(60, 'n1 e2'), led(90, 'n1'), led(120, 'n1 e3')],
      ['120 open warning'],
    ],
    [
      'not by answers from before the change',
      [
        led(0, 'n1 e1'),
        led(30, 'n2 e2'),
        led(60, 'n1 e1'),
        led(90, 'n2 e2'),
        led(120, 'n1 e1'),
        led(150, 'n2 e2'),
      ],
      [],
    ],
    [
      'across looks without a leader',
      [led(0, 'n1 e1'), leaderless(30), led(60, 'n2 e2'), leaderless(90), led(120, 'n1 e3')],
      ['120 open warning'],
    ],
    [
      'not by a leader that merely was away',
      [led(0, 'n1 e1'), leaderless(30), led(60, 'n1 e1'), leaderless(90), led(120, 'n1 e1')],
      [],
    ],
    [
      'by changes between looks that are an hour apart',
      [led(0, 'n1 e1'), led(HOUR, 'n2 e3')],
      ['3600 open warning'],
    ],
    ['not by changes between looks that are further apart', [led(0, 'n1 e1'), led(HOUR + 1, 'n2 e9')], []],
    [
      'by changes after such a gap',
      [led(0, 'n1 e1'), led(HOUR + 1, 'n2 e9'), led(HOUR + 31, 'n1 e10'), led(HOUR + 61, 'n2 e11')],
      ['3661 open warning'],
    ],
    [
      'when the clock stepped back between the two',
      [led(9_000, 'n1 e1'), led(9_030, 'n2 e2'), led(10, 'n2 e2'), led(40, 'n1 e3')],
      ['40 open warning'],
    ],
    [
      'when the clock stepped back with the second',
      [led(9_000, 'n1 e1'), led(9_030, 'n2 e2'), led(10, 'n1 e3')],
      ['10 open warning'],
    ],
    [
      'not by two that are more than an hour apart by the clock that stepped back',
      [led(9_000, 'n1 e1'), led(9_030, 'n2 e2'), ...steady(0, HOUR, 'n2 e2'), led(HOUR + 1, 'n1 e3')],
      [],
    ],
    [
      'not by changes between looks that are further apart than an hour by the clock that stepped back',
      [led(9_000, 'n1 e1'), led(0, 'n1 e1'), led(HOUR + 1, 'n1 e9')],
      [],
    ],
    [
      'not by one change that the clock steps back over',
      [led(9_000, 'n1 e1'), led(9_030, 'n2 e2'), led(10, 'n2 e2'), led(9_030, 'n2 e2'), led(9_060, 'n2 e2')],
      [],
    ],
  ])('%s', (_, looks, expected) => {
    expect(openings(looks)).toEqual(expected);
  });

  it('after a cluster began to count anew, when nothing of the old epochs was seen for an hour', () => {
    const anew = [...steady(60, HOUR + 660, 'n1 e0'), led(HOUR + 690, 'n2 e1'), led(HOUR + 720, 'n1 e2')];
    expect(openings([led(0, 'n1 e50'), led(30, 'n1 e50'), ...anew])).toEqual([`${HOUR + 720} open warning`]);
  });
});

describe('an open issue of frequent elections', () => {
  /** Opens at 60 s. */
  const open = [led(0, 'n1 e1'), led(30, 'n2 e2'), led(60, 'n1 e3')];
  /** The rest of what `open` leads to: only the last two events, because every look in between is an `open`. */
  const endOf = (...looks: ClusterLook[]) => inShort(run([...open, ...looks])).slice(-2);

  it('closes when its window is made shorter than the time between two looks', () => {
    const stored = run(open).state;
    const short = { windowMs: 29_000, maxGapMs: settings.maxGapMs };
    const after = runDetector(frequentElections, [led(90, 'n1 e3')], short, { stored });
    expect(inShort(after)).toEqual(['90 closed warning']);
  });

  it('says so at every look with a leader', () => {
    expect(inShort(run([...open, led(90, 'n1 e3'), leaderless(120), led(150, 'n1 e3')]))).toEqual([
      '60 open warning',
      '90 open warning',
      '150 open warning',
    ]);
  });

  it.each<[string, ClusterLook[], string[]]>([
    [
      'stays just short of an hour',
      [...steady(300, 3_300, 'n1 e3'), led(3_659, 'n1 e3')],
      ['3300 open warning', '3659 open warning'],
    ],
    [
      'closes after an hour',
      [...steady(300, 3_300, 'n1 e3'), led(3_660, 'n1 e3')],
      ['3300 open warning', '3660 closed warning'],
    ],
    [
      'closes after an hour with one change',
      [...steady(300, 3_300, 'n2 e4'), led(3_660, 'n2 e4')],
      ['3300 open warning', '3660 closed warning'],
    ],
    [
      'closes at a look with the first change of the hour',
      [...steady(300, 3_300, 'n1 e3'), led(3_660, 'n2 e4')],
      ['3300 open warning', '3660 closed warning'],
    ],
    [
      'stays at a look with the second',
      [...steady(300, 3_300, 'n2 e4'), led(3_660, 'n1 e5')],
      ['3300 open warning', '3660 open warning'],
    ],
    [
      'stays another hour after one with two changes, and not longer',
      [led(90, 'n2 e4'), led(120, 'n1 e5'), ...steady(360, 3_660, 'n1 e5'), ...steady(3_960, 7_260, 'n1 e5')],
      ['6960 open warning', '7260 closed warning'],
    ],
    [
      'closes after an hour with one change that followed one with two',
      [led(90, 'n2 e4'), led(120, 'n1 e5'), ...steady(360, 3_660, 'n1 e5'), ...steady(3_960, 7_260, 'n2 e6')],
      ['6960 open warning', '7260 closed warning'],
    ],
    [
      'begins the hour anew when more than an hour was not watched',
      [led(90, 'n1 e3'), led(90 + HOUR + 1, 'n1 e3'), ...steady(3_991, 7_291, 'n1 e3')],
      ['6991 open warning', '7291 closed warning'],
    ],
    [
      'closes an hour after the clock stepped back by a day',
      [led(90, 'n1 e3'), led(-86_400, 'n1 e3'), ...steady(-86_100, -82_800, 'n1 e3')],
      ['-83100 open warning', '-82800 closed warning'],
    ],
  ])('%s', (_, looks, expected) => {
    expect(endOf(...looks)).toEqual(expected);
  });

  it('forgets with the close what led to it, and keeps a change of the last hour', () => {
    const calm = [...steady(300, 3_300, 'n1 e3'), led(3_660, 'n1 e3')];
    expect(endOf(...calm, led(3_690, 'n2 e4'))).toEqual(['3300 open warning', '3660 closed warning']);
    expect(endOf(...calm, led(3_690, 'n2 e4'), led(3_720, 'n1 e5'))).toEqual([
      '3660 closed warning',
      '3720 open warning',
    ]);
    const changed = [...steady(300, 3_300, 'n1 e3'), led(3_660, 'n2 e4')];
    expect(endOf(...changed, led(3_690, 'n1 e5'))).toEqual(['3660 closed warning', '3690 open warning']);
    const earlier = [...steady(300, 3_300, 'n2 e4'), led(3_660, 'n2 e4')];
    expect(endOf(...earlier, led(3_900, 'n1 e5'))).toEqual(['3660 closed warning', '3900 open warning']);
    expect(endOf(...calm, led(3_600, 'n1 e3'), led(3_630, 'n2 e4'))).toEqual([
      '3300 open warning',
      '3660 closed warning',
    ]);
    expect(endOf(...earlier, led(3_901, 'n1 e5'))).toEqual(['3300 open warning', '3660 closed warning']);
  });
});

it('opens before it closes even with a window of nothing', () => {
  const events = run([led(0, 'n1 e1'), led(0, 'n1 e3'), led(30, 'n1 e3')], { windowMs: 0 });
  expect(inShort(events)).toEqual(['0 open warning', '30 closed warning']);
});

describe('what is remembered', () => {
  it('is written only every twelfth of the window while nothing changes', () => {
    const looks = Array.from({ length: 121 }, (_, index) => led(index * 30, 'n1 e1'));
    const states = run(looks).evaluations.map(({ state }) => JSON.stringify(state));
    expect(new Set(states).size).toBe(11);
  });

  it('stays small, however many epochs pass', () => {
    const { state, transitions } = run([
      led(0, 'n1 e1'),
      led(30, 'n1 e100000'),
      led(60, 'n1 e9000000000000'),
    ]);
    expect(JSON.stringify(state).length).toBeLessThan(400);
    expect(transitions[1]?.message).toContain('changed 8999999999999 times');
  });

  it('is forgotten when it cannot be read', () => {
    for (const json of [null, 5, {}, { seen: 1, changesMs: [], open: null }])
      expect(frequentElections.restore(json)).toEqual(frequentElections.initial);
  });
});

it('says how often, since when, who leads, when, what to consider, and until when', () => {
  const cutOff: NodeObservations = silent('timeout', 'n3.example.com:2113 did not answer within 5 s.');
  const rows = ['n1 Leader @100 e3', 'n2 Follower @100 e3', 'n3 Follower @90 e3 dead'];
  const last = clusterLook(60, { n1: says('n1', ...rows), n2: says('n2', 'n2 Unknown'), n3: cutOff });
  const { transitions } = run([led(0, 'n1 e1'), led(30, 'n2 e2'), last]);
  expect(transitions[0]).toEqual({
    event: 'open',
    severity: 'warning',
    nodeId: null,
    time: last.at,
    message: [
      'The leader of cluster orders-db changed 2 times since 2026-01-01 00:00:30 UTC; more than once within 1 h is too often. ' +
        'n1.example.com:2113 (epoch 3) leads now. The changes were seen at 2026-01-01 00:00:30 UTC, 2026-01-01 00:01:00 UTC. ' +
        'Consider checking the network between the nodes, the load and the disk latency of the nodes that led, and whether the timeouts of gossip and heartbeats suit them.',
      'This closes at 2026-01-01 01:01:00 UTC, unless the leader changes more than once before.',
      '• https://n1.example.com:2113 says: n1.example.com:2113 (epoch 3) leads',
      '• https://n2.example.com:2113 says: nobody leads',
      '• https://n3.example.com:2113 failed: n3.example.com:2113 did not answer within 5 s.',
    ].join('\n'),
  });
  const closed = run([
    led(0, 'n1 e1'),
    led(30, 'n2 e2'),
    last,
    led(30 * MINUTE, 'n1 e3'),
    led(61 * MINUTE, 'n2'),
  ]);
  expect(closed.transitions.at(-1)?.message).toBe(
    'The leader of cluster orders-db has changed only once since 2026-01-01 00:01:00 UTC. n2.example.com:2113 leads. ' +
      'It had changed 3 times in all since 2026-01-01 00:00:30 UTC.',
  );
});

it('is off for a cluster of one node, and blind without an answer or a leader', () => {
  const only = clusterLook(0, { n1: says('n1', 'n1 Leader e1') });
  expect(frequentElections.offBecause?.(only)).toBe('a cluster of one node has no peers');
  expect(frequentElections.offBecause?.(led(0, 'n1'))).toBeUndefined();
  expect(frequentElections.blindBecause(led(0, 'n1'))).toBeUndefined();
  expect(frequentElections.blindBecause(leaderless(0))).toBe('no answer shows a live leader');
  expect(frequentElections.blindBecause(clusterLook(0, { n1: silent(), n2: silent() }))).toBe(
    'no node answers the gossip query',
  );
});

describeDetectorProperties(
  frequentElections,
  clusterHistories,
  { windowMs: 300_000, maxGapMs: 90_000 },
  { numRuns: 800 },
);

it('opens over any history as the plain reading of the rule says', () => {
  const sample = fc.record({
    stepMinutes: fc.constantFrom(1, 5, 10, 20, 30),
    passed: fc.constantFrom(0, 0, 0, 0, 1, 2),
  });
  fc.assert(
    fc.property(fc.array(sample, { maxLength: 20 }), (samples) => {
      let now = 0;
      let epoch = 1;
      const changes: number[] = [];
      const looks = [
        { at: 0, epoch },
        ...samples.map(({ stepMinutes, passed }) => ({
          at: (now += stepMinutes * MINUTE),
          epoch: (epoch += passed),
        })),
      ];
      const expected = looks.find((look, index) => {
        const passed = look.epoch - (looks[index - 1]?.epoch ?? look.epoch);
        changes.push(...Array.from({ length: passed }, () => look.at));
        return changes.filter((change) => look.at - change <= HOUR).length > 1;
      });
      const [opened] = run(looks.map((look) => led(look.at, `n1 e${look.epoch}`))).transitions;
      expect(opened && (opened.time.getTime() - START_MS) / 1_000).toBe(expected?.at);
    }),
    { numRuns: 2_000 },
  );
});
