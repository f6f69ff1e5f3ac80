import { Catch, Inject, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';

import { LOGGER, type Logger } from '../observability/index.js';
import type { HttpReply, HttpRequest } from './http-types.js';
import { problemOf } from './problem-response.js';
import { sendProblem } from './send-problem.js';

/** Answers every error as problem+json, and logs those that are ours to mend with the id that the caller was told. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(@Inject(LOGGER) private readonly logger: Logger) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<HttpRequest>();
    const reply = host.switchToHttp().getResponse<HttpReply>();
    const { problem, unexpected } = problemOf(error, request.id);
    // Whoever leaves in the middle of a body is no fault of ours, and may do so often.
    const isBrokenOff = request.raw?.destroyed === true && !request.raw.complete;
    if (unexpected && !isBrokenOff) this.report(error, request);
    if (!reply.sent) sendProblem(reply, problem, request.url);
  }

  /** Only what names the fault: errors of drivers also carry the statement and its parameters. */
  private report(error: unknown, request: HttpRequest): void {
    const fault = error instanceof Error ? error : new Error(typeof error);
    const { code } = fault as { code?: unknown };
    this.logger.error(
      {
        event: 'request.failed',
        requestId: request.id,
        method: request.method,
        route: request.routeOptions?.url,
        error: { name: fault.name, message: fault.message, code, stack: fault.stack },
      },
      'a request failed',
    );
  }
}
