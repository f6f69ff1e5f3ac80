import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { backoffMs, probeDelayMs } from './backoff.js';

describe('backoff', () => {
  it('lies between one second and a ceiling that doubles up to five minutes', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1_000 }),
        fc.double({ min: 0, max: 0.999, noNaN: true }),
        (failures, random) => {
          const waitMs = backoffMs(failures, () => random);
          expect(waitMs).toBeGreaterThanOrEqual(1_000);
          expect(waitMs).toBeLessThanOrEqual(Math.min(300_000, 1_000 * 2 ** failures));
        },
      ),
    );
  });

  it('probes after 1, 2, 4 ... minutes, and every hour in the end', () => {
    expect([1, 2, 3, 7, 50].map((probe) => probeDelayMs(probe) / 60_000)).toEqual([1, 2, 4, 60, 60]);
  });
});
