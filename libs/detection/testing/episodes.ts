import fc from 'fast-check';
import type { Look } from './run-detector.js';

interface Pacing {
  /** How many situations follow each other at most. */
  readonly maxEpisodes?: number;
  /** For how many looks one lasts at most. */
  readonly maxLooks?: number;
  /** Seconds from look to look; a gap or a clock that steps back (negative) comes now and then. */
  readonly everySeconds?: readonly number[];
}

/**
 * Histories of one subject that are worth a detector's while: a situation drawn from `situations` lasts for some looks,
 * then comes another, mostly at a steady pace, sometimes after a gap or a step of the clock. (Looks that are drawn
 * each by itself hardly ever last for a window.) `toLook` makes a look, `seconds` after the start, of the situation.
 */
export function episodes<Situation, Given extends Look>(
  situations: fc.Arbitrary<Situation>,
  toLook: (seconds: number, situation: Situation) => Given,
  { maxEpisodes = 6, maxLooks = 8, everySeconds = [10, 15, 15, 30, 30, 60, 600, -40] }: Pacing = {},
): fc.Arbitrary<readonly Given[]> {
  const episode = fc.record({
    situation: situations,
    looks: fc.integer({ min: 1, max: maxLooks }),
    everySeconds: fc.constantFrom(...everySeconds),
  });
  return fc.array(episode, { minLength: 1, maxLength: maxEpisodes }).map((all) => {
    let now = 0;
    return all.flatMap(({ situation, looks, everySeconds: step }) =>
      Array.from({ length: looks }, (_, index) =>
        // A gap comes once; after it the pace is the usual one again.
        toLook((now += index > 0 && (step > 60 || step < 0) ? 15 : step), situation),
      ),
    );
  });
}
