import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { diskUsage } from './disk-usage.js';
import {
  historyOf,
  openings,
  settings,
  START_MS,
  toJsonAndBack,
  type Step,
} from './testing/disk-histories.js';

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
    expect(openings(historyOf(steps, { diskWindowMs: 5_000 }))).toEqual([15]);
    expect(openings(historyOf(steps, { diskWindowMs: 0 }))).toEqual([0, 15]);
  });

  it('as it would have without a restart in the middle', () => {
    const steps = [...every15s(81, 0, 90), used(105, 70)];
    for (let cut = 0; cut <= steps.length; cut += 1) {
      const before = historyOf(steps.slice(0, cut));
      const after = historyOf(steps.slice(cut), {}, toJsonAndBack(before.state));
      expect([...before.transitions, ...after.transitions]).toEqual(historyOf(steps).transitions);
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
  const { transitions } = historyOf([{ atSeconds: 0, drives }], { diskWindowMs: 0 });
  expect(transitions[0]?.message).toContain('90.0 % full');
});

it('says what is the matter, where, since when, and what to consider', () => {
  const drives = [{ mount: '/var/lib/eventstore', totalBytes: 1_000e9, availableBytes: 157.9e9 }];
  const steps = [0, 30, 60].map((atSeconds) => ({ atSeconds, drives }));
  const [opened] = historyOf(steps).transitions;
  expect(opened).toEqual({
    event: 'open',
    severity: 'warning',
    nodeId: 'node-1',
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

it('begins anew with a stored state that it cannot read', () => {
  for (const json of [null, undefined, 5, 'x', {}, { run: 1, open: 2 }])
    expect(diskUsage.restore(json)).toEqual(diskUsage.initial);
});

describe('over any history', () => {
  const step = fc.record({
    atSeconds: fc.integer({ min: -30, max: 70 }),
    kind: fc.constantFrom(
      'high',
      'high',
      'high',
      'full',
      'at',
      'low',
      'failed',
      'zero',
      'impossible',
      'missing',
    ),
  });
  const toSteps = (raw: readonly { atSeconds: number; kind: string }[]): Step[] => {
    let now = 0;
    return raw.map(({ atSeconds, kind }) => {
      now += atSeconds;
      const percent = { high: 85, full: 99, at: 80, low: 50 }[kind];
      if (percent !== undefined) return used(now, percent);
      if (kind === 'failed') return failed(now);
      if (kind === 'zero') return figures(now, 0, 0);
      return kind === 'impossible' ? figures(now, 10, 20) : figures(now, null, 5);
    });
  };
  const histories = fc.array(step, { maxLength: 60 }).map(toSteps);
  const isKnown = ({ drives }: Step): boolean => drives?.[0]?.totalBytes === TOTAL;

  it('is never closed without having been opened, nor twice', () => {
    fc.assert(
      fc.property(histories, (steps) => {
        let isOpen = false;
        for (const { event } of historyOf(steps).transitions) {
          if (event === 'closed') expect(isOpen).toBe(true);
          isOpen = event === 'open';
        }
      }),
    );
  });

  it('goes on as before when what is not known is left out', () => {
    fc.assert(
      fc.property(histories, (steps) => {
        expect(historyOf(steps.filter(isKnown))).toEqual(historyOf(steps));
      }),
    );
  });

  it('makes the same transitions wherever it is interrupted and resumed', () => {
    fc.assert(
      fc.property(histories, fc.nat(60), (steps, cut) => {
        const before = historyOf(steps.slice(0, cut));
        const after = historyOf(steps.slice(cut), {}, toJsonAndBack(before.state));
        expect([...before.transitions, ...after.transitions]).toEqual(historyOf(steps).transitions);
      }),
    );
  });

  it('opens as the plain reading of the rule says: all samples of a covered window are above', () => {
    fc.assert(
      fc.property(histories, (steps) => {
        const forward = steps.toSorted((one, other) => one.atSeconds - other.atSeconds).filter(isKnown);
        const first = historyOf(forward).transitions[0];
        expect(first && (first.time.getTime() - START_MS) / 1_000).toEqual(firstOpeningByTheBook(forward));
      }),
    );
  });

  function firstOpeningByTheBook(steps: readonly Step[]): number | undefined {
    const isAbove = ({ drives }: Step): boolean => Number(drives?.[0]?.availableBytes) < TOTAL * 0.2;
    return steps.find((last, index) => {
      for (let first = index; first >= 0 && isAbove(steps[first]!); first -= 1) {
        if (last.atSeconds - steps[first]!.atSeconds >= settings.diskWindowMs / 1_000) return true;
        if (first > 0 && steps[first]!.atSeconds - steps[first - 1]!.atSeconds > 60) return false;
      }
      return false;
    })?.atSeconds;
  }
});
