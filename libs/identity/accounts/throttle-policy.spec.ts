import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { admit, LOCK_MS, takeBack, WINDOW_MS, type Attempts } from './throttle-policy.js';

const START_MS = Date.parse('2026-01-01T00:00:00Z');
const at = (ms: number): Date => new Date(START_MS + ms);
const NOTHING: Attempts = { failedAt: [], lockedUntil: null };
const LIMIT = 3;

/** Lets failures in one after the other; resolves with what is then known, and how many got in. */
function failAt(times: readonly number[]): { attempts: Attempts; admitted: number[] } {
  let attempts = NOTHING;
  const admitted: number[] = [];
  for (const ms of times) {
    const admission = admit(attempts, at(ms), LIMIT);
    if (!admission.isAdmitted) continue;
    admitted.push(ms);
    attempts = admission.attempts;
  }
  return { attempts, admitted };
}

/** Moments over an hour, in order, some of them at once. */
const moments = fc
  .array(fc.integer({ min: 0, max: 3_600 }), { maxLength: 60 })
  .map((seconds) => seconds.map((second) => second * 1_000).toSorted((a, b) => a - b));

describe('the throttle', () => {
  it('locks with the last failure that is allowed, until the lock is over', () => {
    const { attempts } = failAt([0, 1, 2]);
    expect(attempts.lockedUntil).toEqual(at(2 + LOCK_MS));
    expect(admit(attempts, at(LOCK_MS + 1), LIMIT)).toEqual({
      isAdmitted: false,
      lockedUntil: at(2 + LOCK_MS),
    });
    expect(admit(attempts, at(LOCK_MS + 2), LIMIT)).toEqual({
      isAdmitted: true,
      locks: false,
      attempts: { failedAt: [at(LOCK_MS + 2)], lockedUntil: null },
    });
  });

  it('forgets failures that are too old', () => {
    const { attempts } = failAt([0, 1, WINDOW_MS]);
    expect(attempts).toEqual({ failedAt: [at(1), at(WINDOW_MS)], lockedUntil: null });
  });

  it('never looks at more than the limit within any stretch of its window', () => {
    fc.assert(
      fc.property(moments, (times) => {
        const { admitted } = failAt(times);
        for (const [index, ms] of admitted.entries()) {
          const tooMany = admitted[index + LIMIT];
          expect(tooMany === undefined || tooMany - ms >= WINDOW_MS).toBe(true);
        }
      }),
    );
  });

  it('is locked whenever so many failed within its window', () => {
    fc.assert(
      fc.property(moments, (times) => {
        const { admitted, attempts } = failAt(times);
        const last = admitted.at(-1) ?? 0;
        const recent = admitted.filter((ms) => ms > last - WINDOW_MS).length;
        expect(attempts.lockedUntil !== null).toBe(recent >= LIMIT);
      }),
    );
  });

  it('does not count what succeeded: after any number of successes it is as before', () => {
    fc.assert(
      fc.property(moments, fc.integer({ min: 1, max: 20 }), (times, successes) => {
        const before = failAt(times).attempts;
        const now = at((times.at(-1) ?? 0) + 2 * WINDOW_MS);
        const start = admit(before, now, LIMIT);
        if (!start.isAdmitted) throw new Error('It is open again by now');
        let attempts = takeBack(start.attempts, now, LIMIT);
        for (let count = 1; count < successes; count += 1) {
          const admission = admit(attempts, now, LIMIT);
          if (!admission.isAdmitted) throw new Error('Successes must not lock');
          attempts = takeBack(admission.attempts, now, LIMIT);
        }
        expect(attempts).toEqual(NOTHING);
      }),
    );
  });

  it('is open again when the attempt that would have locked it succeeded', () => {
    const { attempts } = failAt([0, 1, 2]);
    const after = takeBack(attempts, at(2), LIMIT);
    expect(after).toEqual({ failedAt: [at(0), at(1)], lockedUntil: null });
  });

  it('takes nothing back that is not there any more', () => {
    const { attempts } = failAt([0, 1, 2]);
    expect(takeBack(attempts, at(9), LIMIT)).toEqual(attempts);
    expect(takeBack(NOTHING, at(0), LIMIT)).toEqual(NOTHING);
  });
});
