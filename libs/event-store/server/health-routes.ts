import type { FastifyInstance } from 'fastify';
import type { ApiParts } from './api-parts.js';
import { sendJson } from './send-answer.js';

/** Whether the process answers at all, and whether it is worth sending something to. Nobody needs a token for it. */
export function addHealth(app: FastifyInstance, { isReady }: ApiParts): void {
  const method = ['GET', 'HEAD'];
  app.route({
    method,
    url: '/health/live',
    handler: (_request, reply) => sendJson(reply, '{"status":"live"}\n'),
  });
  app.route({
    method,
    url: '/health/ready',
    handler: async (_request, reply) => {
      const status = (await isReady()) ? 'ready' : 'not ready';
      return sendJson(reply.status(status === 'ready' ? 200 : 503), `${JSON.stringify({ status })}\n`);
    },
  });
}
