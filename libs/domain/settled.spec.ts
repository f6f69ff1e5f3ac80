import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countAhead, isSettled, settledUpTo, withSettled, type Settled } from './settled.js';

/** The plain way: a set of numbers. */
class Reference {
  readonly numbers = new Set<number>();

  add(seqs: readonly number[]): void {
    for (const seq of seqs) this.numbers.add(seq);
  }

  get position(): number {
    let position = 0;
    while (this.numbers.has(position + 1)) position += 1;
    return position;
  }
}

const NUMBERS = Array.from({ length: 130 }, (_, index) => index + 1);
const step = fc.oneof(
  fc.array(fc.integer({ min: 1, max: 120 }), { maxLength: 40 }),
  fc.integer({ min: 0, max: 120 }),
);

describe('what is settled', () => {
  it('is what a set of numbers would hold, whatever comes in which order', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 20 }), (steps) => {
        let settled: Settled = { position: 0, ahead: null };
        const reference = new Reference();
        for (const one of steps) {
          if (typeof one === 'number') {
            settled = settledUpTo(settled, one);
            reference.add(Array.from({ length: one }, (_, index) => index + 1));
          } else {
            settled = withSettled(settled, one);
            reference.add(one);
          }
          expect(settled.position).toBe(reference.position);
          expect(countAhead(settled)).toBe(reference.numbers.size - reference.position);
          const wrong = NUMBERS.filter((seq) => isSettled(settled, seq) !== reference.numbers.has(seq));
          expect(wrong).toEqual([]);
        }
      }),
      { numRuns: 2_000 },
    );
  });

  it('takes no room when nothing is ahead', () => {
    const settled = withSettled({ position: 5, ahead: null }, [8, 7, 6]);
    expect(settled).toEqual({ position: 8, ahead: null });
    expect(withSettled(settled, [3, 8])).toEqual(settled);
  });
});
