import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { ApiError } from './api-error.js';
import type { ApiLimits } from './api-limits.js';
import type { ApiParts, ApiSettings } from './api-parts.js';
import { BodyRoom } from './body-room.js';
import { receivedBody } from './received-body.js';
import { parameterOf } from './request-target.js';
import { sendJson } from './send-answer.js';

/** The three routes, and everything below them: `/api/write`, `/api/write/`, `/api/write/anything`. */
export function addApiRoutes(
  api: FastifyInstance,
  settings: ApiSettings,
  parts: ApiParts,
  limits: ApiLimits,
): void {
  const write = writing(settings, parts, limits);
  const query = querying(parts, limits);
  const stats = async (_request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> =>
    sendJson(reply, JSON.stringify(await parts.stats()));
  for (const below of ['', '/*']) {
    api.route({ method: 'POST', url: `/api/write${below}`, handler: write });
    api.route({ method: ['GET', 'HEAD', 'POST'], url: `/api/query${below}`, handler: query });
    api.route({ method: ['GET', 'HEAD'], url: `/api/stats${below}`, handler: stats });
  }
}

type Handler = (request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply>;

function writing(settings: ApiSettings, parts: ApiParts, limits: ApiLimits): Handler {
  const room = new BodyRoom(limits.maxBodies, limits.maxHeldBytes);
  return async (request, reply) => {
    const cluster = parameterOf(request.url, 'cluster') ?? settings.defaultCluster;
    // cc-event-store wants it even where every line has a tag, and its clients know.
    if (cluster === undefined) throw new ApiError(400, 'query parameter cluster is required');
    const place = room.enter();
    try {
      const body = await receivedBody(request.raw, reply.raw, limits.maxBodyBytes, place);
      await parts.write(body, cluster);
    } finally {
      place.leave();
    }
    // Nothing at all: senders of ClusterCockpit take nothing else for success.
    return reply.status(200).send();
  };
}

function querying(parts: ApiParts, limits: ApiLimits): Handler {
  const room = new BodyRoom(limits.maxQueries, limits.maxQueries * limits.maxQueryBytes);
  return async (request, reply) => {
    // Who left while the token was being checked: nothing would tell of it any more, and the place would stay taken.
    if (request.raw.destroyed || reply.raw.destroyed) throw new ApiError(400, 'the caller has gone');
    const place = room.enter();
    // Not before the answer is sent: it may be large, and its reader slow.
    reply.raw.once('close', () => place.leave());
    const body = await receivedBody(request.raw, reply.raw, limits.maxQueryBytes, place);
    return sendJson(reply, await parts.query(body));
  };
}
