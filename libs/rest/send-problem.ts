import type { Problem } from '../domain/index.js';
import { ExtendedProblem } from './extended-problem.js';
import type { HttpReply } from './http-types.js';
import { problemBody } from './problem-response.js';
import { securityHeaders } from './security-headers.js';

const RETRY_AFTER_SECONDS = '5';

/** Answers with a problem. Sets the security headers too: a malformed URL is answered before any hook ran. */
export function sendProblem(reply: HttpReply, problem: Problem, url: string): void {
  const path = url.split('?')[0] ?? '/';
  reply.headers(securityHeaders(path)).status(problem.status).type('application/problem+json; charset=utf-8');
  if (problem.status === 401) reply.header('www-authenticate', 'Bearer realm="spillway"');
  if (problem.status === 503) reply.header('retry-after', RETRY_AFTER_SECONDS);
  if (problem instanceof ExtendedProblem) reply.headers(problem.headers);
  void reply.send(JSON.stringify(problemBody(problem, path)));
}
