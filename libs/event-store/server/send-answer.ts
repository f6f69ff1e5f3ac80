import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { newId } from '../../domain/index.js';
import type { Logger } from '../../observability/logging/index.js';
import type { RefusalLog } from '../tallies/index.js';
import { apiErrorOf } from './api-error.js';
import { errorBody } from './error-body.js';
import { hasMoreToCome } from './received-body.js';
import { routeOf } from './request-target.js';

/** What refusing a request takes. */
export interface Refusing {
  readonly logger: Logger;
  readonly refused: RefusalLog;
  /** As in `ApiLimits`. */
  readonly lingerMs: number;
}

/** As `application/json`, exactly: Fastify would name a charset to texts. */
export function sendJson(reply: FastifyReply, body: string | Buffer): FastifyReply {
  return reply.header('content-type', 'application/json').send(Buffer.from(body));
}

/** Refuses as Go's servers do: with a line of text. */
export function refuseByText(
  reply: FastifyReply,
  status: number,
  text: string,
  { refused, lingerMs }: Refusing,
): FastifyReply {
  refused.note({ route: routeOf(reply.request.url), status }, text);
  reply.status(status).header('content-type', 'text/plain; charset=utf-8');
  return sendLast(reply, Buffer.from(`${text}\n`), lingerMs);
}

/** Answers an error in the form of cc-event-store. What is a fault of ours is logged under an id, which alone is shown. */
export function refuse(
  error: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
  { logger, refused, lingerMs }: Refusing,
): FastifyReply {
  const known = apiErrorOf(error);
  const errorId = newId();
  if (known) refused.note({ route: routeOf(request.url), status: known.status }, known.message);
  else {
    const { method, routeOptions } = request;
    const where = { method, route: routeOptions.url, errorId };
    logger.error({ event: 'request.failed', err: error, ...where }, 'a request failed');
  }
  const status = known?.status ?? 500;
  const message = known?.message ?? `something went wrong here; it is in the log under ${errorId}`;
  if (status === 503) reply.header('retry-after', '1');
  reply.status(status).header('content-type', 'application/json');
  return sendLast(reply, errorBody(status, message), lingerMs);
}

/**
 * Sends an answer after which, where the request is not all here, the connection is of no more use. What is still on its
 * way is thrown away for a while before it is closed: closing on unread bytes would take the answer from its reader.
 */
function sendLast(reply: FastifyReply, body: Buffer, lingerMs: number): FastifyReply {
  const { raw, method } = reply.request;
  // One who waits for our word before it sends the body will not get it.
  if (!raw.complete) reply.header('connection', 'close');
  if (!hasMoreToCome(raw) || method === 'HEAD') return reply.send(body);
  return reply.header('content-length', body.length).send(Readable.from(lingering(body, raw, lingerMs)));
}

async function* lingering(body: Buffer, request: IncomingMessage, lingerMs: number): AsyncGenerator<Buffer> {
  yield body;
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, lingerMs);
    const end = () => {
      clearTimeout(timer);
      resolve();
    };
    request.on('data', () => {});
    request.once('end', end).once('close', end).once('error', end);
    if (request.complete || request.destroyed) end();
  });
}
