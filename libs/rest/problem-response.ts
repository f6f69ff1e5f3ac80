import { STATUS_CODES } from 'node:http';
import { HttpException } from '@nestjs/common';
import { Problem } from '../domain/index.js';
import { isDatabaseAway } from '../persistence/index.js';
import { ExtendedProblem } from './extended-problem.js';
import { MAX_BODY_BYTES, MAX_BYTES_BODY_BYTES, MAX_OPEN_BODY_BYTES } from './limits.js';

/** How an error is told to the caller. `unexpected` ones are ours to mend, and are to be logged. */
export interface ProblemResponse {
  readonly problem: Problem;
  readonly unexpected: boolean;
}

/** Turns whatever was thrown into a problem whose texts may be shown: nothing of an unknown error's content is kept. */
export function problemOf(error: unknown, correlationId: string): ProblemResponse {
  if (error instanceof Problem) return { problem: error, unexpected: false };
  if (error instanceof HttpException && error.getStatus() < 500) {
    const status = error.getStatus();
    return { problem: new Problem(status, titleOf(status), detailOf(status, error)), unexpected: false };
  }
  if (isDatabaseAway(error)) {
    return {
      problem: new Problem(503, titleOf(503), 'The database does not answer. Try again soon.'),
      unexpected: true,
    };
  }
  const detail = `The hub failed to serve this request. Its log says more under the id ${correlationId}.`;
  return { problem: new Problem(500, titleOf(500), detail), unexpected: true };
}

/** The body of the answer, with all members that the clients of Event Store Cloud need. */
export function problemBody(problem: Problem, path: string): Record<string, unknown> {
  return {
    type: 'about:blank',
    title: problem.title,
    status: problem.status,
    detail: problem.detail,
    instance: path,
    ...(problem.fields ? { fields: problem.fields } : {}),
    ...(problem instanceof ExtendedProblem ? problem.extensions : {}),
  };
}

const titleOf = (status: number): string => STATUS_CODES[status] ?? 'Error';

function detailOf(status: number, error: HttpException): string {
  switch (status) {
    case 404:
      return 'There is nothing under this path and method.';
    case 413:
      return `The body is larger than ${MAX_BODY_BYTES} bytes, than ${MAX_OPEN_BODY_BYTES} where no token is needed, or than ${MAX_BYTES_BODY_BYTES} where lines are written.`;
    case 414:
      return 'A part of the path is too long.';
    case 415:
      return 'Send the body as application/json.';
    default:
      return error.message;
  }
}
