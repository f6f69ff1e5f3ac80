import { ExtendedProblem } from '../../rest/index.js';

/** 429: whoever asks is to come back after some seconds. */
export const tooManyAttempts = (reason: string, afterSeconds: number): ExtendedProblem => {
  const detail = `${reason} Try again in ${inWords(afterSeconds)}.`;
  return new ExtendedProblem(
    429,
    'Too Many Requests',
    detail,
    { error: 'too_many_attempts', error_description: detail },
    { 'retry-after': String(afterSeconds) },
  );
};

const inWords = (seconds: number): string =>
  seconds < 60 ? 'a few seconds' : `${Math.ceil(seconds / 60)} minutes`;
