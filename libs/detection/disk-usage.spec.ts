import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { diskUsage } from './disk-usage.js';
import type { NodeLook, Transition } from './detector.js';
import type { DriveFigures } from './observation.js';
import { describeDetectorProperties } from './testing/detector-properties.js';
import { episodes } from './testing/episodes.js';
import { failed as failedQuery, nodeLook, reports, START_MS } from './testing/looks.js';
import { runDetector } from './testing/run-detector.js';

const settings = { threshold: 80, windowMs: 60_000, maxGapMs: 45_000 };

/** One poll of the node's disk; null when it failed. */
interface Step {
  readonly atSeconds: number;
  readonly drives: readonly DriveFigures[] | null;
}
const toLook = ({ atSeconds, drives }: Step): NodeLook =>
  nodeLook(atSeconds, drives === null ? { stats: failedQuery('timeout') } : reports({ drives }));
const historyOf = (steps: readonly Step[], changed: Partial<typeof settings> = {}) =>
  runDetector(diskUsage, steps.map(toLook), { ...settings, ...changed });
/** Seconds after the start at which `open` was emitted. */
const openings = ({ transitions }: { readonly transitions: readonly Transition[] }): number[] =>
  transitions.filter(({ event }) => event === 'open').map(({ time }) => (time.getTime() - START_MS) / 1_000);

const TOTAL = 1_000_000;
/** A known sample with this share of the disk used. */
const used = (atSeconds: number, percent: number): Step => ({
  atSeconds,
  drives: [
    { mount: '/var/lib/eventstore', totalBytes: TOTAL, availableBytes: TOTAL - (TOTAL * percent) / 100 },
  ],
});
const failed = (atSeconds: number): Step => ({ atSeconds, drives: null });
const figures = (atSeconds: number, totalBytes: number | null, availableBytes: number | null): Step => ({
  atSeconds,
  drives: [{ mount: '/', totalBytes, availableBytes }],
});
/** Samples above the threshold every 15 s for 5 minutes. */
const every15s = (percent: number, from = 0, to = 300): Step[] =>
  Array.from({ length: (to - from) / 15 + 1 }, (_, index) => used(from + index * 15, percent));

describe('disk usage opens', () => {
  it.each<[string, Step[], number[]]>([
    ['when the whole window was above', every15s(80.1, 0, 60), [60]],
    ['not while it is one sample short', every15s(80.1, 0, 45), []],
    ['not when it is just below', every15s(79.9), []],
    ['not when it is exactly at the threshold', every15s(80), []],
    [
      'not when a sample in between is exactly at it',
      [...every15s(81, 0, 30), used(45, 80), used(60, 81)],
      [],
    ],
    [
      'a window after the last sample that was not above',
      [used(0, 81), used(15, 79), ...every15s(81, 30, 90)],
      [90],
    ],
    [
      'across unknown samples',
      [used(0, 81), failed(15), figures(30, 0, 0), used(45, 81), used(60, 81)],
      [60],
    ],
    ['not when nothing was known for longer than window and permitted gap', [used(0, 81), used(61, 81)], []],
    ['a window after such a gap', [used(0, 81), used(61, 81), ...every15s(81, 75, 135)], [135]],
    ['when a gap is just permitted', [used(0, 81), used(60, 81)], [60]],
    [
      'not when the clock stepped back in between',
      [...every15s(81, 0, 45), used(-100, 81), used(-50, 81)],
      [],
    ],
    ['a window after the clock stepped back', [used(45, 81), ...every15s(81, -100, -40)], [-40]],
  ])('%s', (_, steps, expected) => {
    expect(openings(historyOf(steps)).slice(0, 1)).toEqual(expected);
  });

  it('at the second sample when the window is shorter than the poll interval, at the first when it is 0', () => {
    const steps = [used(0, 81), used(15, 81)];
    expect(openings(historyOf(steps, { windowMs: 5_000 }))).toEqual([15]);
    expect(openings(historyOf(steps, { windowMs: 0 }))).toEqual([0, 15]);
  });

  it('as it would have without a restart in the middle', () => {
    const steps = [...every15s(81, 0, 90), used(105, 70)];
    for (let cut = 0; cut <= steps.length; cut += 1) {
      const restarted = runDetector(diskUsage, steps.map(toLook), settings, {
        restoresAt: (index) => index === cut,
      });
      expect(restarted).toEqual(historyOf(steps));
    }
  });
});

describe('an open disk issue', () => {
  const open = every15s(81, 0, 60);
  const eventsAfter = (...steps: Step[]) =>
    historyOf([...open, ...steps])
      .transitions.slice(1)
      .map(({ event, severity }) => `${event} ${severity}`);

  it.each<[string, Step[], string[]]>([
    [
      'emits another open with every known sample',
      [used(75, 82), used(90, 83)],
      ['open warning', 'open warning'],
    ],
    ['stays open exactly at the threshold', [used(75, 80)], ['open warning']],
    ['closes just below it', [used(75, 79.99)], ['closed warning']],
    ['closes when it is empty', [used(75, 0)], ['closed warning']],
    [
      'neither closes nor goes on when nothing is known',
      [failed(75), figures(90, 0, 0), figures(105, null, 5)],
      [],
    ],
    [
      'is no better and no worse by impossible figures',
      [figures(75, 100, 200), figures(90, 100, -1), figures(105, -1, -1)],
      [],
    ],
    [
      'becomes critical above 95 %, not at 95 %',
      [used(75, 95), used(90, 95.01)],
      ['open warning', 'open critical'],
    ],
    [
      'becomes a warning again, and closes with the severity it had',
      [used(75, 96), used(90, 85), used(105, 97), used(120, 10)],
      ['open critical', 'open warning', 'open critical', 'closed critical'],
    ],
    [
      'survives a clock that steps back',
      [used(-500, 81), used(-485, 70)],
      ['open warning', 'closed warning'],
    ],
    ['survives any gap', [used(100_000, 81)], ['open warning']],
    ['needs a whole window to open again', [used(75, 70), used(90, 81), used(105, 81)], ['closed warning']],
  ])('%s', (_, steps, expected) => {
    expect(eventsAfter(...steps)).toEqual(expected);
  });
});

it('goes by the fullest drive that is known', () => {
  const drives = [
    { mount: 'Unknown', totalBytes: 0, availableBytes: 0 },
    { mount: '/data', totalBytes: 100, availableBytes: 10 },
    { mount: '/', totalBytes: 100, availableBytes: 90 },
  ];
  const { transitions } = historyOf([{ atSeconds: 0, drives }], { windowMs: 0 });
  expect(transitions[0]?.message).toContain('90.0 % full');
});

it('says what is the matter, where, since when, and what to consider', () => {
  const drives = [{ mount: '/var/lib/eventstore', totalBytes: 1_000e9, availableBytes: 157.9e9 }];
  const steps = [0, 30, 60].map((atSeconds) => ({ atSeconds, drives }));
  const [opened] = historyOf(steps).transitions;
  expect(opened).toEqual({
    event: 'open',
    severity: 'warning',
    nodeId: 'node-n1',
    time: new Date(START_MS + 60_000),
    message:
      'The disk of node https://n1.example.com:2113 of cluster orders-db is 84.2 % full: 842.1 GB of 1.0 TB used, ' +
      '157.9 GB available on /var/lib/eventstore. It has been above the threshold of 80 % since 2026-01-01 00:00:00 UTC. ' +
      'Consider removing data, running a scavenge, or increasing the disk size.',
  });
  const closed = historyOf([...steps, used(75, 79.9996)]).transitions[1];
  expect(closed?.message).toContain('is 79.9996 % full');
  expect(closed?.message).toContain(
    'below the threshold of 80 % again; it had been above since 2026-01-01 00:00:00 UTC.',
  );
});

describe('disk usage is', () => {
  it.each<[string, NodeLook, string | undefined]>([
    ['not blind with figures', toLook(used(0, 50)), undefined],
    [
      'blind for the reason for which /stats failed',
      nodeLook(0, { stats: failedQuery('x', 'n1 is down') }),
      'n1 is down',
    ],
    [
      'blind where the server could not read its disk',
      toLook(figures(0, 0, 0)),
      'the node reports no drive with figures that can be true: it could not read the disk of its database, its log says why',
    ],
  ])('%s', (_, look, reason) => {
    expect(diskUsage.blindBecause(look)).toBe(reason);
  });

  it('known by /metrics when /stats lacks the figures', () => {
    const drives = [{ mount: '/', totalBytes: 100, availableBytes: 10 }];
    const look = nodeLook(0, { ...reports({}), ...reports({ drives }, 'metrics') });
    expect(diskUsage.blindBecause(look)).toBeUndefined();
    expect(runDetector(diskUsage, [look], { ...settings, windowMs: 0 }).transitions).toHaveLength(1);
  });
});

const SITUATIONS: Readonly<Record<string, (atSeconds: number) => Step>> = {
  high: (atSeconds) => used(atSeconds, 85),
  higher: (atSeconds) => used(atSeconds, 92),
  full: (atSeconds) => used(atSeconds, 99),
  at: (atSeconds) => used(atSeconds, 80),
  low: (atSeconds) => used(atSeconds, 50),
  failed,
  zero: (atSeconds) => figures(atSeconds, 0, 0),
  impossible: (atSeconds) => figures(atSeconds, 10, 20),
  several: (atSeconds) => ({
    atSeconds,
    drives: [
      { mount: '/a', totalBytes: 100, availableBytes: 10 },
      { mount: '/b', totalBytes: 100, availableBytes: 5 },
      { mount: '/c', totalBytes: 0, availableBytes: 0 },
    ],
  }),
};
const stepOf = (atSeconds: number, name: string): Step => SITUATIONS[name]!(atSeconds);
const situations = fc.constantFrom(...Object.keys(SITUATIONS));
describeDetectorProperties(
  diskUsage,
  episodes(situations, (seconds, name) => toLook(stepOf(seconds, name))),
  settings,
);

describe('over any history, disk usage', () => {
  const histories = fc
    .array(
      fc.tuple(fc.integer({ min: 0, max: 70 }), fc.constantFrom('high', 'high', 'high', 'full', 'at', 'low')),
      {
        maxLength: 60,
      },
    )
    .map((raw) => {
      let now = 0;
      return raw.map(([afterSeconds, name]) => stepOf((now += afterSeconds), name));
    });

  it('opens as the plain reading of the rule says: all samples of a covered window are above', () => {
    fc.assert(
      fc.property(histories, (steps) => {
        const first = historyOf(steps).transitions[0];
        expect(first && (first.time.getTime() - START_MS) / 1_000).toEqual(firstOpeningByTheBook(steps));
      }),
      { numRuns: 2_000 },
    );
  });

  function firstOpeningByTheBook(steps: readonly Step[]): number | undefined {
    const isAbove = ({ drives }: Step): boolean => Number(drives?.[0]?.availableBytes) < TOTAL * 0.2;
    return steps.find((last, index) => {
      for (let first = index; first >= 0 && isAbove(steps[first]!); first -= 1) {
        if (last.atSeconds - steps[first]!.atSeconds >= settings.windowMs / 1_000) return true;
        if (first > 0 && steps[first]!.atSeconds - steps[first - 1]!.atSeconds > 60) return false;
      }
      return false;
    })?.atSeconds;
  }
});
