import { createParamDecorator, type CustomDecorator, type ExecutionContext } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { Problem } from '../domain/index.js';
import type { HttpServer } from './http-types.js';
import { MAX_BYTES_BODY_BYTES } from './limits.js';

/** What such a request's body is taken for, whatever its sender says. */
const BYTES_TYPE = 'application/vnd.spillway.bytes';
const CONFIG = { takesBytes: true };

type WithConfig = { readonly config?: unknown } | undefined;
const takesBytes = (route: WithConfig): boolean =>
  (route?.config as Partial<typeof CONFIG> | undefined)?.takesBytes === true;

/** Marks a route that takes its body as bytes, of any content type or none, and up to `MAX_BYTES_BODY_BYTES` of it. */
export const TakesBytes = (): CustomDecorator => RouteConfig(CONFIG);

/** Parameter decorator: the body of a route with `@TakesBytes()`, as it came; empty when there was none. */
export const BytesBody = createParamDecorator((_data: unknown, context: ExecutionContext): Buffer => {
  const { body } = context.switchToHttp().getRequest<{ readonly body?: unknown }>();
  if (!Buffer.isBuffer(body)) throw new Error('This route does not take bytes');
  return body;
});

/** To be called before the routes are registered. */
export function acceptBytes(fastify: HttpServer): void {
  fastify.addHook('onRoute', (route) => {
    if (takesBytes(route)) route.bodyLimit = MAX_BYTES_BODY_BYTES;
  });
  fastify.addHook('onRequest', (request, _reply, done) => {
    if (takesBytes(request.routeOptions)) request.headers['content-type'] = BYTES_TYPE;
    done();
  });
  fastify.addContentTypeParser(BYTES_TYPE, { parseAs: 'buffer' }, (request, body, done) => {
    if (takesBytes(request.routeOptions)) done(null, body);
    else done(new Problem(415, 'Unsupported Media Type', 'Send the body as application/json.'));
  });
}
