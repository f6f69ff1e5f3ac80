import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { holds, partWidthMs, planPart, type Part } from './part-plan.js';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const NOW_MS = Date.UTC(2026, 5, 15, 12);
const days = ({ fromMs, toMs }: Part): number => (toMs - fromMs) / DAY_MS;

describe('the parts of a table', () => {
  it.each([
    [DAY_MS, HOUR_MS],
    [7 * DAY_MS, HOUR_MS],
    [8 * DAY_MS, 6 * HOUR_MS],
    [30 * DAY_MS, DAY_MS],
    [365 * DAY_MS, 7 * DAY_MS],
    [3_000 * DAY_MS, 30 * DAY_MS],
    [undefined, 30 * DAY_MS],
    [1, HOUR_MS],
  ])('are as wide as what is kept for %s ms needs', (keptMs, widthMs) => {
    expect(partWidthMs(keptMs)).toBe(widthMs);
  });

  it('are narrow for recent times, and a year for those long past', () => {
    expect(days(planPart(NOW_MS, NOW_MS, DAY_MS, []))).toBe(1);
    expect(days(planPart(NOW_MS - 61 * DAY_MS, NOW_MS, DAY_MS, []))).toBe(1);
    expect(days(planPart(NOW_MS + 2 * DAY_MS, NOW_MS, DAY_MS, []))).toBe(1);
    expect(days(planPart(Date.UTC(2004, 6, 1), NOW_MS, DAY_MS, []))).toBe(365);
  });

  it('are few, however many hours lines are sent of', () => {
    const parts: Part[] = [];
    for (let ago = 0; ago < 2_000; ago += 1) {
      const timeMs = NOW_MS - ago * HOUR_MS;
      if (!parts.some((part) => holds(part, timeMs))) parts.push(planPart(timeMs, NOW_MS, HOUR_MS, parts));
    }
    expect(parts.length).toBeLessThan(70);
  });

  it('end where narrow ones begin, or others are', () => {
    const old = planPart(NOW_MS - 70 * DAY_MS, NOW_MS, DAY_MS, []);
    expect(old.toMs).toBe(Math.floor((NOW_MS - 62 * DAY_MS) / DAY_MS) * DAY_MS);
    const first = { fromMs: old.fromMs + 10 * DAY_MS, toMs: old.fromMs + 20 * DAY_MS };
    expect(planPart(old.fromMs, NOW_MS, DAY_MS, [first])).toEqual({
      fromMs: old.fromMs,
      toMs: first.fromMs,
    });
    expect(planPart(first.toMs, NOW_MS, DAY_MS, [first])).toEqual({ fromMs: first.toMs, toMs: old.toMs });
  });

  it('never overlap, each holds the time it is made for, and hostile times make a bounded number', () => {
    const width = fc.constantFrom(HOUR_MS, 6 * HOUR_MS, DAY_MS, 7 * DAY_MS, 30 * DAY_MS);
    const time = fc.oneof(
      fc.integer({ min: Date.UTC(2000, 0, 1), max: NOW_MS + 400 * DAY_MS }),
      fc.integer({ min: NOW_MS - 70 * DAY_MS, max: NOW_MS + 5 * DAY_MS }),
    );
    const step = fc.record({ timeMs: time, laterMs: fc.nat(3 * DAY_MS) });
    fc.assert(
      fc.property(width, fc.array(step, { maxLength: 80 }), (widthMs, steps) => {
        const parts: Part[] = [];
        let nowMs = NOW_MS;
        for (const { timeMs, laterMs } of steps) {
          nowMs += laterMs;
          if (parts.some((part) => holds(part, timeMs))) continue;
          const made = planPart(timeMs, nowMs, widthMs, parts);
          expect(holds(made, timeMs)).toBe(true);
          expect(parts.every(({ fromMs, toMs }) => toMs <= made.fromMs || fromMs >= made.toMs)).toBe(true);
          parts.push(made);
        }
      }),
      { numRuns: 200 },
    );
    const parts: Part[] = [];
    for (let timeMs = Date.UTC(2000, 0, 1); timeMs < NOW_MS + 2 * DAY_MS; timeMs += 7 * HOUR_MS) {
      if (!parts.some((part) => holds(part, timeMs))) parts.push(planPart(timeMs, NOW_MS, DAY_MS, parts));
    }
    expect(parts.length).toBeLessThan(27 + 66);
  });
});
