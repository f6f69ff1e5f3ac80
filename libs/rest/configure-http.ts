import type { INestApplication } from '@nestjs/common';
import type { HttpServer } from './http-types.js';
import { LOGGER, type Logger } from '../observability/index.js';
import { serveOpenApi } from './open-api.js';

/**
 * Makes an application that was created with `createFastifyAdapter()` ready to listen: serves the OpenAPI document and
 * logs every answer at level `debug`. Call once, before `listen` or `init`. The application must import `RestModule`.
 */
export function configureHttp(app: INestApplication): void {
  const logger = app.get<Logger>(LOGGER);
  const fastify = app.getHttpAdapter().getInstance() as HttpServer;
  fastify.addHook('onResponse', (request, reply, done) => {
    // The route's pattern, not the URL: a query string may hold anything.
    const { method, id: requestId } = request;
    const answer = {
      route: request.routeOptions.url,
      status: reply.statusCode,
      durationMs: Math.round(reply.elapsedTime),
    };
    logger.debug({ event: 'request.answered', requestId, method, ...answer }, 'answered');
    done();
  });
  serveOpenApi(app);
}
