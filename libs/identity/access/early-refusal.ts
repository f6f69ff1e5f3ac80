import { Injectable } from '@nestjs/common';
import { Problem } from '../../domain/index.js';
import { MAX_OPEN_BODY_BYTES, type HttpServer } from '../../rest/index.js';
import { Authenticator } from './authenticator.js';
import { bearerTokenOf } from './bearer-token.js';
import { RouteRules } from './route-rules.js';

/**
 * Refuses strangers before their body is read: otherwise anybody could fill the memory with what nobody will look at.
 * Notes on the request who it is; whether they may do what they ask is decided by the access guard, when the body is there.
 */
@Injectable()
export class EarlyRefusal {
  constructor(
    private readonly routes: RouteRules,
    private readonly authenticator: Authenticator,
  ) {}

  /** To be called before the routes are registered. */
  install(fastify: HttpServer): void {
    const open = new Set(
      this.routes
        .list()
        .flatMap(({ method, path, rule }) => (rule === 'public' ? [`${method} ${path}`] : [])),
    );
    fastify.addHook('onRoute', (route) => {
      if (open.has(`${String(route.method)} ${route.url}`)) route.bodyLimit = MAX_OPEN_BODY_BYTES;
    });
    fastify.addHook('onRequest', async (request, reply) => {
      if (!announcesBody(request.headers)) return;
      const { url } = request.routeOptions;
      if (open.has(`${request.method} ${url}`)) return;
      try {
        if (request.is404)
          throw new Problem(404, 'Not Found', 'There is nothing under this path and method.');
        const identity = await this.authenticator.identify(bearerTokenOf(request), NO_REFRESH_TOKEN);
        Object.assign(request, { identity });
      } catch (error) {
        // What comes of the body is not read, so the connection is of no more use.
        reply.header('connection', 'close');
        throw error;
      }
    });
  }
}

const NO_REFRESH_TOKEN = { acceptsRefreshToken: false };

const announcesBody = (headers: Readonly<Record<string, unknown>>): boolean =>
  headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
