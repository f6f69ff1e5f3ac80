import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  ACCESS_TOKEN_LIFETIME_SECONDS,
  endOf,
  keysAt,
  OLDEST_VIEW_MS,
  SHORTEST_OVERLAP_MS,
} from './key-times.js';

const LIFETIME_MS = ACCESS_TOKEN_LIFETIME_SECONDS * 1_000;
const HOUR_MS = 3_600_000;
const at = (ms: number): Date => new Date(ms);
const key = (id: string, signsFrom: number) => ({ id, signsFrom: at(signsFrom) });
const ids = (keys: readonly { id: string }[] | undefined): string[] => (keys ?? []).map(({ id }) => id);

describe('the keys at a moment', () => {
  const keys = [key('second', HOUR_MS), key('first', 0)];

  it.each([
    ['before the next begins', HOUR_MS - 1, 'first', ['first', 'second'], 'second'],
    ['when the next begins', HOUR_MS, 'second', ['first', 'second'], undefined],
    ['while tokens of the first live', 2 * HOUR_MS + 299_999, 'second', ['first', 'second'], undefined],
    ['when the last of them have expired', 2 * HOUR_MS + 300_000, 'second', ['second'], undefined],
    ['before any begins', -1, 'first', ['first', 'second'], 'second'],
  ])('%s', (_what, now, signing, accepted, next) => {
    const inForce = keysAt(keys, at(now));
    expect(inForce?.signing.id).toBe(signing);
    expect(ids(inForce?.accepted)).toEqual(accepted);
    expect(inForce?.next?.id).toBe(next);
  });

  it('are none when there is none', () => {
    expect(keysAt([], at(0))).toBeUndefined();
  });

  it('end an hour and five minutes after they were replaced; the last one does not end', () => {
    expect(endOf(keys[1]!, keys)).toEqual(at(2 * HOUR_MS + 300_000));
    expect(endOf(keys[0]!, keys)).toBeUndefined();
  });
});

/** The first key at 0, then rotations after some time each, with some overlap. */
const histories = fc
  .array(
    fc.record({
      after: fc.integer({ min: 0, max: 3 * HOUR_MS }),
      overlap: fc.oneof(
        fc.constant(SHORTEST_OVERLAP_MS),
        fc.integer({ min: SHORTEST_OVERLAP_MS, max: 4 * HOUR_MS }),
      ),
    }),
    { maxLength: 6 },
  )
  .map((rotations) => {
    let addedAt = 0;
    return [
      { ...key('k0', 0), addedAt },
      ...rotations.map(({ after, overlap }, index) => {
        addedAt += after;
        return { ...key(`k${index + 1}`, addedAt + overlap), addedAt };
      }),
    ];
  });
const age = fc.integer({ min: 0, max: OLDEST_VIEW_MS });

it('no token that a hub could have signed within its lifetime is refused, however the views of two hubs differ', () => {
  const view = (keys: readonly (ReturnType<typeof key> & { addedAt: number })[], moment: number) =>
    keys.filter(({ addedAt }) => addedAt <= Math.max(moment, 0));
  const moments = fc.record({
    // Close to when a key begins, where it is dangerous, or anywhere.
    anchor: fc.nat({ max: 6 }),
    offset: fc.oneof(
      fc.integer({ min: -2 * OLDEST_VIEW_MS, max: 2 * OLDEST_VIEW_MS }),
      fc.integer({ min: -HOUR_MS, max: 5 * HOUR_MS }),
    ),
    tokenAge: fc.oneof(fc.constant(LIFETIME_MS - 1), fc.integer({ min: 0, max: LIFETIME_MS - 1 })),
    signersAge: age,
    verifiersAge: age,
  });
  fc.assert(
    fc.property(histories, moments, (keys, { anchor, offset, tokenAge, signersAge, verifiersAge }) => {
      const signedAt = Math.max(0, keys[anchor % keys.length]!.signsFrom.getTime() + offset);
      const usedAt = signedAt + tokenAge;
      const signer = keysAt(view(keys, signedAt - signersAge), at(signedAt))!.signing;
      expect(ids(keysAt(view(keys, usedAt - verifiersAge), at(usedAt))?.accepted)).toContain(signer.id);
    }),
    { numRuns: 3_000 },
  );
});
