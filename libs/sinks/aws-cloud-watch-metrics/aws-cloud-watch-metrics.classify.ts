import type { Failure, Outcome } from '../../domain/index.js';

/**
 * Something is wrong with one of the data, of which AWS names the first. The SDK calls the last of them by the name that it
 * had in the older protocol.
 */
const OF_DATA = new Set([
  'InvalidParameterValue',
  'InvalidParameterCombination',
  'MissingRequiredParameter',
  'MissingParameter',
]);
const TOO_LARGE = 413;

function reasonOf(code: string, data: number): string {
  const what = data === 1 ? 'the datum' : `a call with ${data} data, of which one at least is wrong`;
  return `CloudWatch refuses ${what} ("${code}"): its answer says why.`;
}

/**
 * Says of a refused call that it is the data that are wrong, where that is so; every other outcome stays as it is. Pure.
 * `data` is how many were in it.
 */
export function refusedData(outcome: Outcome, httpStatus: number | undefined, data: number): Outcome {
  if (outcome.kind !== 'rejected') return outcome;
  const { code } = outcome;
  if (httpStatus === TOO_LARGE) return { ...outcome, ...tooLarge(data) };
  if (!OF_DATA.has(code)) return outcome;
  return { ...outcome, reason: reasonOf(code, data) };
}

const tooLarge = (data: number): Failure => ({
  code: 'too_large',
  reason: `A call with ${data === 1 ? 'one datum' : `${data} data`} is larger than CloudWatch, or a proxy on the way, takes.`,
});
