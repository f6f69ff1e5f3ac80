import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { coreLoad } from './core-load.js';
import type { NodeLook } from './detector.js';
import { describeDetectorProperties } from './testing/detector-properties.js';
import { episodes } from './testing/episodes.js';
import { failed, nodeLook, reports } from './testing/looks.js';
import { inShort, runDetector } from './testing/run-detector.js';

const settings = { threshold: 2, closeWindowMs: 60_000, maxGapMs: 45_000 };

/** The machine of 4 cores has this load average; null: the query failed. */
const load = (seconds: number, loadAverage1m: number | null): NodeLook =>
  nodeLook(seconds, loadAverage1m === null ? { stats: failed('timeout') } : reports({ loadAverage1m }));
/** The same load every 15 s, from and to included. */
const every15s = (loadAverage1m: number, from: number, to: number): NodeLook[] =>
  Array.from({ length: (to - from) / 15 + 1 }, (_, index) => load(from + index * 15, loadAverage1m));
const eventsOf = (looks: readonly NodeLook[], changed: Partial<typeof settings> = {}): string[] =>
  inShort(runDetector(coreLoad, looks, { ...settings, ...changed }));

describe('core load opens', () => {
  it.each<[string, NodeLook[], string[]]>([
    ['at once above 2.0 per core', [load(0, 8.01)], ['0 open warning']],
    ['not exactly at it', [load(0, 8)], []],
    ['not just below it', [load(0, 7.99)], []],
    ['not when nothing is known', [load(0, null), nodeLook(15, reports({})), nodeLook(30, {})], []],
    ['not at a figure that cannot be', [nodeLook(0, reports({ loadAverage1m: -1 }))], []],
    [
      'by /metrics when /stats lacks the figure',
      [nodeLook(0, { ...reports({}), ...reports({ loadAverage1m: 9 }, 'metrics') })],
      ['0 open warning'],
    ],
    [
      'by /metrics when /stats fails',
      [nodeLook(0, { stats: failed('timeout'), ...reports({ loadAverage1m: 9 }, 'metrics') })],
      ['0 open warning'],
    ],
    [
      'not by /metrics when /stats has the figure',
      [nodeLook(0, { ...reports({ loadAverage1m: 1 }), ...reports({ loadAverage1m: 9 }, 'metrics') })],
      [],
    ],
  ])('%s', (_, looks, expected) => {
    expect(eventsOf(looks)).toEqual(expected);
  });

  it('exactly at a threshold that no binary fraction equals neither', () => {
    const look = nodeLook(0, reports({ loadAverage1m: 0.9 }), { cores: 3 });
    expect(eventsOf([look], { threshold: 0.3 })).toEqual([]);
    expect(
      eventsOf([nodeLook(0, reports({ loadAverage1m: 0.91 }), { cores: 3 })], { threshold: 0.3 }),
    ).toEqual(['0 open warning']);
  });
});

describe('an open core load issue', () => {
  /** What comes after the issue has opened at 0. */
  const after = (...looks: NodeLook[]): string[] => eventsOf([load(0, 9), ...looks]).slice(1);
  const open = (...seconds: number[]): string[] => seconds.map((second) => `${second} open warning`);

  it.each<[string, string[], string[]]>([
    ['goes on at every sample above', after(load(15, 9), load(30, 20)), open(15, 30)],
    [
      'goes on exactly at the threshold',
      after(...every15s(8, 15, 120)),
      open(15, 30, 45, 60, 75, 90, 105, 120),
    ],
    ['goes on while the window is one sample short', after(...every15s(7.99, 15, 60)), open(15, 30, 45, 60)],
    [
      'closes when all of the window was below',
      after(...every15s(7.99, 15, 75)),
      [...open(15, 30, 45, 60), '75 closed warning'],
    ],
    [
      'begins the window anew after a sample above',
      after(...every15s(1, 15, 60), load(75, 8.01), ...every15s(1, 90, 150)),
      [...open(15, 30, 45, 60, 75, 90, 105, 120, 135), '150 closed warning'],
    ],
    [
      'begins the window anew after a sample exactly at the threshold',
      after(...every15s(1, 15, 60), load(75, 8), ...every15s(1, 90, 150)),
      [...open(15, 30, 45, 60, 75, 90, 105, 120, 135), '150 closed warning'],
    ],
    [
      'is neither better nor worse by unknown samples within the window',
      after(load(15, 1), load(30, null), nodeLook(45, reports({})), load(50, -1), load(75, 1)),
      [...open(15), '75 closed warning'],
    ],
    [
      'begins the window anew after a gap longer than the window',
      after(load(15, 1), load(76, 1), load(91, 1), load(136, 1)),
      [...open(15, 76, 91), '136 closed warning'],
    ],
    [
      'bears a gap as long as the window',
      after(load(15, 1), load(75, 1)),
      [...open(15), '75 closed warning'],
    ],
    ['bears any gap while the load is above', after(load(100_000, 9)), open(100_000)],
    [
      'begins the window anew when the clock steps back',
      after(...every15s(1, 15, 60), ...every15s(1, -100, -40)),
      [...open(15, 30, 45, 60, -100, -85, -70, -55), '-40 closed warning'],
    ],
    [
      'closes once, and opens anew as another issue',
      after(...every15s(1, 15, 105), load(120, 9)),
      [...open(15, 30, 45, 60), '75 closed warning', '120 open warning'],
    ],
  ])('%s', (_, events, expected) => {
    expect(events).toEqual(expected);
  });

  it('bears a longer gap than the window where the pace permits it, and covers a short window by two samples', () => {
    const looks = [load(0, 9), load(15, 1), load(60, 1)];
    expect(eventsOf(looks, { closeWindowMs: 10_000 })).toEqual([...open(0, 15), '60 closed warning']);
    expect(eventsOf(looks, { closeWindowMs: 10_000, maxGapMs: 44_999 })).toEqual(open(0, 15, 60));
    expect(eventsOf(looks, { closeWindowMs: 0 })).toEqual([...open(0), '15 closed warning']);
  });

  it('closes as it would have without a restart in the middle', () => {
    const looks = [load(0, 9), load(15, 9), ...every15s(1, 30, 105)];
    for (let cut = 0; cut <= looks.length; cut += 1) {
      const restarted = runDetector(coreLoad, looks, settings, { restoresAt: (index) => index === cut });
      expect(restarted).toEqual(runDetector(coreLoad, looks, settings));
    }
  });
});

describe('core load says', () => {
  const messages = (...looks: NodeLook[]): (string | undefined)[] =>
    runDetector(coreLoad, looks, settings).transitions.map(({ message }) => message);
  const advice =
    'Consider looking for heavy projections or reads and for a running scavenge, and a larger instance or more cores if it lasts.';

  it('the figure, the node, since when, and what to consider', () => {
    const of = 'The 1-minute load average of node https://n1.example.com:2113 of cluster orders-db is';
    expect(messages(load(0, 9.2), load(15, 8), ...every15s(1.2, 30, 90))).toEqual([
      `${of} 2.30 per core: 9.20 on 4 cores. That is above the threshold of 2 per core, first exceeded at 2026-01-01 00:00:00 UTC. ${advice}`,
      `${of} 2.00 per core: 8.00 on 4 cores. That is exactly at the threshold of 2 per core, first exceeded at 2026-01-01 00:00:00 UTC. ${advice}`,
      ...Array.from(
        { length: 4 },
        () =>
          `${of} 0.30 per core: 1.20 on 4 cores. That is below the threshold of 2 per core again, since 2026-01-01 00:00:30 UTC; ` +
          `the issue closes when it stays so for 1 min. The threshold was first exceeded at 2026-01-01 00:00:00 UTC. ${advice}`,
      ),
      `${of} 0.30 per core: 1.20 on 4 cores. It has stayed below the threshold of 2 per core since 2026-01-01 00:00:30 UTC; ` +
        'it had first exceeded it at 2026-01-01 00:00:00 UTC.',
    ]);
  });

  it('a figure that does not look equal to the threshold when it is not', () => {
    expect(messages(load(0, 8.01))[0]).toContain('is 2.002 per core: 8.01 on 4 cores.');
    expect(messages(nodeLook(0, reports({ loadAverage1m: 3 }), { cores: 1 }))[0]).toContain(
      '3.00 on 1 core.',
    );
  });
});

describe('core load is', () => {
  it.each([null, 0])('off without a core count (%s)', (cores) => {
    const look = nodeLook(0, reports({ loadAverage1m: 9 }), { cores });
    expect(coreLoad.offBecause?.(look)).toBe('no core count is given for this node');
    expect(eventsOf([look])).toEqual([]);
  });

  it.each<[string, NodeLook, string | undefined]>([
    ['not off or blind with both figures', load(0, 1), undefined],
    ['blind before the first answer', nodeLook(0, {}), 'the node has not been asked yet'],
    [
      'blind for the reason for which /stats failed',
      nodeLook(0, { stats: failed('unauthorized', 'n1 wants credentials'), metrics: failed('x', 'y') }),
      'n1 wants credentials',
    ],
    [
      'blind on Windows',
      nodeLook(0, reports({ memory: { totalBytes: 2, freeBytes: 1 } })),
      'the node reports no load average, as on Windows and before version 20.6: switch the detector off for this cluster',
    ],
    [
      'blind where the server gave up',
      nodeLook(0, reports({})),
      'the node reports neither load nor memory: it gave up reading them after repeated failures, and reads them again after a restart',
    ],
  ])('%s', (_, look, reason) => {
    expect(coreLoad.offBecause?.(look)).toBeUndefined();
    expect(coreLoad.blindBecause(look)).toBe(reason);
  });
});

const situations = fc.constantFrom(9, 12, 8.01, 8, 7.99, 1, 1, null);
describeDetectorProperties(coreLoad, episodes(situations, load), settings);

it('opens and closes, over any history, as the plain reading of the rule says', () => {
  const samples = fc.array(fc.tuple(fc.integer({ min: 1, max: 70 }), fc.constantFrom(9, 8, 7, 7, 7, 7)), {
    maxLength: 60,
  });
  fc.assert(
    fc.property(samples, (raw) => {
      let now = 0;
      const history = raw.map(([afterSeconds, value]) => ({ at: (now += afterSeconds), value }));
      const events = eventsOf(history.map(({ at, value }) => load(at, value)));
      expect(events).toEqual(byTheBook(history).map(([at, event]) => `${at} ${event} warning`));
    }),
    { numRuns: 2_000 },
  );

  /** A window is below when its samples are, reach back for a minute, and lie no more than a minute apart. */
  function byTheBook(history: readonly { at: number; value: number }[]): [number, 'open' | 'closed'][] {
    const events: [number, 'open' | 'closed'][] = [];
    let openedIndex: number | undefined;
    for (const [index, { at, value }] of history.entries()) {
      if (openedIndex === undefined && value <= 8) continue;
      openedIndex ??= index;
      const since = history.slice(openedIndex, index + 1);
      const quiet = since.slice(since.findLastIndex((one) => one.value >= 8) + 1);
      const lastGap = quiet.findLastIndex((one, place) => place > 0 && one.at - quiet[place - 1]!.at > 60);
      const first = quiet[Math.max(lastGap, 0)];
      const isOver = first !== undefined && at - first.at >= 60;
      events.push([at, isOver ? 'closed' : 'open']);
      if (isOver) openedIndex = undefined;
    }
    return events;
  }
});
