import { fastify } from 'fastify';
import { RefusalLog } from '../tallies/index.js';
import { API_LIMITS, type ApiLimits } from './api-limits.js';
import type { ApiParts, ApiServer, ApiSettings } from './api-parts.js';
import { addApiRoutes } from './api-routes.js';
import { answerUnserved } from './bare-answers.js';
import { addHealth } from './health-routes.js';
import { ListeningServer, type Closing } from './listening-server.js';
import { readPublicKey } from './public-key.js';
import { askForTokens, guardRequests, logAnswers } from './request-guards.js';
import { methodsOf } from './request-target.js';
import { refuse, refuseByText, type Refusing } from './send-answer.js';
import { serverOptions } from './server-options.js';
import { addSwagger } from './swagger.js';
import { TokenCheck } from './token-check.js';

/** Whether requests need a token. Where they do not, the operator wants to be told. */
export const isProtected = ({ jwtPublicKey }: Pick<ApiSettings, 'jwtPublicKey'>): boolean =>
  jwtPublicKey !== undefined && jwtPublicKey !== '';

/** Makes the API of an event store; it does not listen yet. Throws `BadPublicKey`. */
export function createApiServer(
  settings: ApiSettings,
  parts: ApiParts,
  limits: ApiLimits = API_LIMITS,
): ApiServer {
  const tokens = isProtected(settings)
    ? new TokenCheck(readPublicKey(settings.jwtPublicKey!), parts.clock)
    : undefined;
  const closing: Closing = { hasBegun: false };
  const refused = new RefusalLog(parts.logger, { event: 'requests.refused' });
  const refusing: Refusing = { logger: parts.logger, refused, lingerMs: limits.lingerMs };
  const app = fastify(serverOptions(settings, limits, refusing));
  // Bodies are read by the routes that want them, whatever their method and type: to Fastify there are none.
  for (const method of ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'QUERY'])
    app.addHttpMethod(method, { hasBody: false, overrideExisting: true });
  answerUnserved(app.server);
  guardRequests(app, settings, limits, closing);
  logAnswers(app, parts.logger);
  app.addHook('onClose', async () => refused.close());
  app.setErrorHandler((error, request, reply) => refuse(error, request, reply, refusing));
  app.setNotFoundHandler((request, reply) => {
    const allowed = methodsOf(request.url, settings.isSwaggerUiEnabled);
    if (allowed === undefined || allowed.split(', ').includes(request.method))
      return refuseByText(reply, 404, '404 page not found', refusing);
    return refuseByText(reply.header('allow', allowed), 405, 'Method Not Allowed', refusing);
  });
  app.register(async (api) => {
    if (tokens) askForTokens(api, tokens, refusing);
    addApiRoutes(api, settings, parts, limits);
  });
  addHealth(app, parts);
  if (settings.isSwaggerUiEnabled) addSwagger(app, settings);
  return new ListeningServer(app, settings, limits, closing);
}
