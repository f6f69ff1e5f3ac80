import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, Problem, type Clock } from '../../domain/index.js';
import { AccessStore, Database } from '../../persistence/index.js';
import { MAX_OPEN_BODY_BYTES, type HttpServer } from '../../rest/index.js';
import { Authenticator } from './authenticator.js';
import { bearerTokenOf, unknownIngestToken } from './bearer-token.js';
import { RouteRules } from './route-rules.js';

/**
 * Refuses strangers before their body is read: otherwise anybody could fill the memory with what nobody will look at.
 * Whether the caller may do what they ask is decided by the access guard, when the body is there.
 */
@Injectable()
export class EarlyRefusal {
  private readonly store = new AccessStore();

  constructor(
    private readonly routes: RouteRules,
    private readonly authenticator: Authenticator,
    private readonly database: Database,
    @Inject(CLOCK) private readonly clock: Clock,
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
        await this.mustBeKnown(bearerTokenOf(request));
      } catch (error) {
        // What comes of the body is not read, so the connection is of no more use.
        reply.header('connection', 'close');
        throw error;
      }
    });
  }

  private async mustBeKnown(token: string): Promise<void> {
    const identity = await this.authenticator.identify(token, { acceptsRefreshToken: false });
    if (identity.kind !== 'ingest') return;
    const found = await this.store.ingestStanding(this.database, identity.tokenHash, this.clock.now());
    if (!found) throw unknownIngestToken();
  }
}

const announcesBody = (headers: Readonly<Record<string, unknown>>): boolean =>
  headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
