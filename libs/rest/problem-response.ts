import { STATUS_CODES } from 'node:http';
import { HttpException } from '@nestjs/common';
import { Problem } from '../domain/index.js';
import { ExtendedProblem } from './extended-problem.js';
import { MAX_BODY_BYTES } from './limits.js';

/** Connection failures and shutdown of PostgreSQL: SQLSTATE classes 08, 53, 57P and the errors of the socket. */
const DATABASE_AWAY = /^(08...|53...|57P0.|ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|ENOENT)$/;
const CONNECTION_LOST =
  /^(Connection terminated|timeout exceeded when trying to connect|Client has encountered)/i;

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
      return `The body is larger than ${MAX_BODY_BYTES} bytes.`;
    case 414:
      return 'A part of the path is too long.';
    case 415:
      return 'Send the body as application/json.';
    default:
      return error.message;
  }
}

function isDatabaseAway(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { driverError, code } = error as { driverError?: { code?: unknown }; code?: unknown };
  const cause = driverError?.code ?? code;
  return (typeof cause === 'string' && DATABASE_AWAY.test(cause)) || CONNECTION_LOST.test(error.message);
}
