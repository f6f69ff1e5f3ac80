import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { NodeLook } from './detector.js';
import { memoryUsage } from './memory-usage.js';
import type { HostFigures } from './observation.js';
import { describeDetectorProperties } from './testing/detector-properties.js';
import { episodes } from './testing/episodes.js';
import { failed, nodeLook, reports } from './testing/looks.js';
import { inShort, runDetector } from './testing/run-detector.js';

const settings = { threshold: 90, closeWindowMs: 60_000, maxGapMs: 45_000 };
const TOTAL = 16_000_000_000;

const memory = (totalBytes: number | null, freeBytes: number | null): Partial<HostFigures> => ({
  memory: { totalBytes, freeBytes },
});
/** So much of the memory is used, in percent; null: the query failed. */
const used = (seconds: number, percent: number | null): NodeLook =>
  nodeLook(
    seconds,
    percent === null ? { stats: failed('timeout') } : reports(memory(TOTAL, (TOTAL / 100) * (100 - percent))),
  );
const every15s = (percent: number, from: number, to: number): NodeLook[] =>
  Array.from({ length: (to - from) / 15 + 1 }, (_, index) => used(from + index * 15, percent));
const eventsOf = (looks: readonly NodeLook[]): string[] => inShort(runDetector(memoryUsage, looks, settings));

describe('memory usage opens', () => {
  it.each<[string, NodeLook, boolean]>([
    ['at once above 90 %', used(0, 90.01), true],
    ['not exactly at it', used(0, 90), false],
    ['not just below it', used(0, 89.99), false],
    ['not when nothing is known', used(0, null), false],
    ['not when free memory is missing', nodeLook(0, reports(memory(TOTAL, null))), false],
    ['not when the total is missing', nodeLook(0, reports(memory(null, 5))), false],
    ['not when the total is 0', nodeLook(0, reports(memory(0, 0))), false],
    ['not when the total is negative', nodeLook(0, reports(memory(-5, -6))), false],
    ['not when free memory is negative', nodeLook(0, reports(memory(TOTAL, -1))), false],
    [
      'not when more is free than there is, as 26.1 reports',
      nodeLook(0, reports(memory(4_930_000_000, 6_660_000_000))),
      false,
    ],
    ['when nothing is free', nodeLook(0, reports(memory(TOTAL, 0))), true],
    [
      'by /metrics when the figures of /stats cannot be true',
      nodeLook(0, { ...reports(memory(1, 2)), ...reports(memory(TOTAL, 5), 'metrics') }),
      true,
    ],
    [
      'by the configured total rather than the reported one',
      nodeLook(0, reports(memory(4_000, 1_000)), { memoryBytes: 20_000 }),
      true,
    ],
    [
      'not by the reported total when one is configured',
      nodeLook(0, reports(memory(200_000, 5_000)), { memoryBytes: 20_000 }),
      false,
    ],
  ])('%s', (_, look, isOpened) => {
    expect(eventsOf([look])).toEqual(isOpened ? ['0 open warning'] : []);
  });
});

describe('an open memory issue', () => {
  const after = (...looks: NodeLook[]): string[] => eventsOf([used(0, 95), ...looks]).slice(1);
  const open = (...seconds: number[]): string[] => seconds.map((second) => `${second} open warning`);

  it.each<[string, string[], string[]]>([
    ['goes on while the window is one sample short', after(...every15s(89.9, 15, 60)), open(15, 30, 45, 60)],
    [
      'closes when all samples of the window were below',
      after(...every15s(89.9, 15, 75)),
      [...open(15, 30, 45, 60), '75 closed warning'],
    ],
    ['goes on exactly at the threshold', after(...every15s(90, 15, 75)), open(15, 30, 45, 60, 75)],
    [
      'begins the window anew after a sample that was not below',
      after(used(15, 50), used(60, 90.1), used(75, 50), used(120, 50), used(135, 50)),
      [...open(15, 60, 75, 120), '135 closed warning'],
    ],
    [
      'is neither better nor worse by impossible figures within the window',
      after(used(15, 50), nodeLook(30, reports(memory(1, 2))), used(45, null), used(75, 50)),
      [...open(15), '75 closed warning'],
    ],
    [
      'begins the window anew after a gap and after a step back of the clock',
      after(used(15, 50), used(76, 50), used(-10, 50), used(40, 50), used(50, 50)),
      [...open(15, 76, -10, 40), '50 closed warning'],
    ],
  ])('%s', (_, events, expected) => {
    expect(events).toEqual(expected);
  });

  it('closes as it would have without a restart in the middle', () => {
    const looks = [used(0, 95), used(15, 95), ...every15s(50, 30, 105)];
    for (let cut = 0; cut <= looks.length; cut += 1) {
      const restarted = runDetector(memoryUsage, looks, settings, { restoresAt: (index) => index === cut });
      expect(restarted).toEqual(runDetector(memoryUsage, looks, settings));
    }
  });
});

it('says the figures, the node, since when, and what to consider', () => {
  const looks = [used(0, 93.125), ...every15s(50, 15, 75)];
  const messages = runDetector(memoryUsage, looks, settings).transitions.map(({ message }) => message);
  const advice =
    "Consider reducing the node's caches (StreamInfoCacheCapacity, for one) or a larger instance; the vendor advises to " +
    'use 85 % of the physical memory at most.';
  expect(messages[0]).toBe(
    'The memory of node https://n1.example.com:2113 of cluster orders-db is 93.1 % used: 14.9 GB of 16.0 GB, 1.1 GB free. ' +
      `That is above the threshold of 90 %, first exceeded at 2026-01-01 00:00:00 UTC. ${advice}`,
  );
  expect(messages[1]).toContain(
    'is 50.0 % used: 8.0 GB of 16.0 GB, 8.0 GB free. That is below the threshold of 90 % again, since 2026-01-01 00:00:15 UTC; ' +
      'the issue closes when it stays so for 1 min. The threshold was first exceeded at 2026-01-01 00:00:00 UTC.',
  );
  expect(messages.at(-1)).toContain(
    'It has stayed below the threshold of 90 % since 2026-01-01 00:00:15 UTC; it had first exceeded it at 2026-01-01 00:00:00 UTC.',
  );
});

describe('memory usage is', () => {
  it.each<[string, NodeLook, string | undefined]>([
    ['not blind with figures that can be true', used(0, 50), undefined],
    ['blind before the first answer', nodeLook(0, {}), 'the node has not been asked yet'],
    [
      'blind for the reason for which /stats failed',
      nodeLook(0, { stats: failed('x', 'n1 is down') }),
      'n1 is down',
    ],
    [
      'blind for the reason for which /metrics failed where only that was asked',
      nodeLook(0, { metrics: failed('x', 'n1 is down') }),
      'n1 is down',
    ],
    [
      'blind where the server gave up',
      nodeLook(0, reports({})),
      'the node reports no free memory: it gave up reading it after repeated failures, and reads it again after a restart',
    ],
    [
      'blind where free memory is negative, which means the same',
      nodeLook(0, reports(memory(TOTAL, -1))),
      'the node reports no free memory: it gave up reading it after repeated failures, and reads it again after a restart',
    ],
    [
      'blind where the total is not reported',
      nodeLook(0, reports(memory(null, 5_000))),
      'the node does not report how much memory it has, as before version 22.10: give memoryBytes for it',
    ],
    [
      'blind where the figures contradict each other',
      nodeLook(0, reports(memory(4_930_000_000, 6_660_000_000))),
      'the node reports 6.7 GB free of 4.9 GB, which cannot be true, as happens from version 24.6 on: give memoryBytes for it',
    ],
    [
      'blind where they contradict the configured total',
      nodeLook(0, reports(memory(null, 6_660_000_000)), { memoryBytes: 4_000_000_000 }),
      'the node reports 6.7 GB free, more than the memoryBytes given for it (4.0 GB): correct them',
    ],
  ])('%s', (_, look, reason) => {
    expect(memoryUsage.offBecause?.(look)).toBeUndefined();
    expect(memoryUsage.blindBecause(look)).toBe(reason);
    expect(reason === undefined || eventsOf([look]).length === 0).toBe(true);
  });
});

const situations = fc.constantFrom(95, 99, 90.01, 90, 89.99, 50, 50, null);
describeDetectorProperties(memoryUsage, episodes(situations, used), settings);
