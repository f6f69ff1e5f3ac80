import type { FastifyInstance } from 'fastify';
import type { Logger } from '../../observability/logging/index.js';
import { ApiError, busy } from './api-error.js';
import type { ApiLimits } from './api-limits.js';
import type { ApiSettings } from './api-parts.js';
import type { Closing } from './listening-server.js';
import { routeOf } from './request-target.js';
import { refuseByText, type Refusing } from './send-answer.js';
import type { TokenCheck } from './token-check.js';

/** What holds for every request, whatever it asks. */
export function guardRequests(
  app: FastifyInstance,
  { keepAlives }: ApiSettings,
  { maxHeaders }: ApiLimits,
  closing: Closing,
): void {
  app.addHook('onRequest', async ({ raw }, reply) => {
    reply.header('x-content-type-options', 'nosniff');
    if (!keepAlives) reply.header('connection', 'close');
    if (closing.hasBegun) throw busy('This server is being stopped: send it again in a second.');
    // Names and values.
    if (raw.rawHeaders.length > 2 * maxHeaders)
      throw new ApiError(431, `the request has more than ${maxHeaders} header fields`);
  });
  app.addHook('onSend', async (_request, reply) => {
    if (closing.hasBegun) reply.header('connection', 'close');
  });
}

/** Refuses strangers before their body is read: otherwise anybody could fill the memory with what nobody will look at. */
export function askForTokens(api: FastifyInstance, tokens: TokenCheck, refusing: Refusing): void {
  api.addHook('onRequest', async ({ headers }, reply) => {
    const refusal = await tokens.refusalOf(headers);
    if (refusal !== undefined) return refuseByText(reply, 401, refusal, refusing);
  });
}

/** Tells whoever debugs of each request that is answered: not of its parameters, which are the caller's. */
export function logAnswers(app: FastifyInstance, logger: Logger): void {
  if (!logger.isLevelEnabled('debug')) return;
  app.addHook('onResponse', async ({ method, url }, { statusCode: status, elapsedTime: elapsedMs }) => {
    logger.debug({ event: 'request.answered', method, route: routeOf(url), status, elapsedMs });
  });
}
