import type { FastifyInstance } from 'fastify';
import { ApiError, busy } from './api-error.js';
import type { ApiLimits } from './api-limits.js';
import type { ApiSettings } from './api-parts.js';
import type { Closing } from './listening-server.js';
import { refuseByText } from './send-answer.js';
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
export function askForTokens(api: FastifyInstance, tokens: TokenCheck, { lingerMs }: ApiLimits): void {
  api.addHook('onRequest', async ({ headers }, reply) => {
    const refusal = await tokens.refusalOf(headers);
    if (refusal !== undefined) return refuseByText(reply, 401, refusal, lingerMs);
  });
}
