import fc from 'fast-check';
import { expect, it } from 'vitest';
import { PATIENCE, retryDelayMs } from './retry-delay.js';

it('the wait before another try grows with the failures, up to a bound, and is never nothing', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 10_000 }),
      fc.double({ min: 0, max: 0.999, noNaN: true }),
      (failures, chance) => {
        const ceiling = Math.min(30_000, 500 * 2 ** (failures - 1));
        const delayMs = retryDelayMs(failures, PATIENCE, () => chance);
        expect(delayMs).toBeGreaterThanOrEqual(Math.floor(ceiling / 10));
        expect(delayMs).toBeLessThanOrEqual(ceiling);
      },
    ),
  );
});
