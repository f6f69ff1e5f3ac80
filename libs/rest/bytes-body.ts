import { createParamDecorator, type CustomDecorator, type ExecutionContext } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { Problem } from '../domain/index.js';
import type { HttpServer } from './http-types.js';
import { MAX_BYTES_BODY_BYTES } from './limits.js';

/** What such a request's body is taken for, whatever its sender says. */
const BYTES_TYPE = 'application/vnd.spillway.bytes';
/** Fastify reads no body of theirs. */
const BODILESS: readonly string[] = ['GET', 'HEAD'];

type WithConfig = { readonly config?: unknown } | undefined;
const bytesTaken = (route: WithConfig): number | undefined =>
  (route?.config as { readonly maxBytes?: number } | undefined)?.maxBytes;

/**
 * Marks a route that takes its body as bytes, of any content type or none, and up to so many of it. A GET or HEAD may have
 * one, too.
 */
export const TakesBytes = (maxBytes = MAX_BYTES_BODY_BYTES): CustomDecorator => RouteConfig({ maxBytes });

/** Parameter decorator: the body of a route with `@TakesBytes()`, as it came; empty when there was none. */
export const BytesBody = createParamDecorator((_data: unknown, context: ExecutionContext): Buffer => {
  const { body } = context.switchToHttp().getRequest<{ readonly body?: unknown }>();
  if (!Buffer.isBuffer(body)) throw new Error('This route does not take bytes');
  return body;
});

/** To be called before the routes are registered. */
export function acceptBytes(fastify: HttpServer): void {
  fastify.addHook('onRoute', (route) => {
    const maxBytes = bytesTaken(route);
    if (maxBytes !== undefined) route.bodyLimit = maxBytes;
  });
  fastify.addHook('onRequest', (request, _reply, done) => {
    if (bytesTaken(request.routeOptions) !== undefined) request.headers['content-type'] = BYTES_TYPE;
    done();
  });
  fastify.addHook('preHandler', async (request, reply) => {
    const maxBytes = bytesTaken(request.routeOptions);
    if (maxBytes === undefined || !BODILESS.includes(request.method)) return;
    try {
      request.body = await readBytes(
        request.raw.iterator({ destroyOnReturn: false }),
        request.headers['content-length'],
        maxBytes,
      );
    } catch (error) {
      // What comes of the body is not read, so the connection is of no more use.
      reply.header('connection', 'close');
      throw error;
    }
  });
  fastify.addContentTypeParser(BYTES_TYPE, { parseAs: 'buffer' }, (request, body, done) => {
    if (bytesTaken(request.routeOptions) !== undefined) done(null, body);
    else done(new Problem(415, 'Unsupported Media Type', 'Send the body as application/json.'));
  });
}

/** Throws a 413 as soon as it is clear that there are more than so many. */
async function readBytes(
  body: AsyncIterable<unknown>,
  announced: string | undefined,
  maxBytes: number,
): Promise<Buffer> {
  if (Number(announced ?? 0) > maxBytes) throw tooLarge(maxBytes);
  const pieces: Buffer[] = [];
  let bytes = 0;
  for await (const piece of body as AsyncIterable<Buffer>) {
    bytes += piece.length;
    if (bytes > maxBytes) throw tooLarge(maxBytes);
    pieces.push(piece);
  }
  return Buffer.concat(pieces, bytes);
}

const tooLarge = (maxBytes: number): Problem =>
  new Problem(413, 'Payload Too Large', `The body is larger than ${maxBytes} bytes.`);
