import type { Server } from 'node:http';
import type { FastifyHttpOptions } from 'fastify';
import { ApiError } from './api-error.js';
import type { ApiLimits } from './api-limits.js';
import type { ApiSettings } from './api-parts.js';
import { answerUnreadable } from './bare-answers.js';
import { originForm } from './request-target.js';
import { refuse, type Refusing } from './send-answer.js';

/** A sub-path may be anything; the header is limited as a whole. */
const MAX_PATH_PARAMETER_CHARACTERS = 16_384;

/** How Fastify and Node are set up. */
export function serverOptions(
  { idleTimeoutMs, keepAlives }: ApiSettings,
  limits: ApiLimits,
  refusing: Refusing,
) {
  return {
    keepAliveTimeout: idleTimeoutMs,
    requestTimeout: limits.requestMs,
    connectionTimeout: limits.inactivityMs,
    http: {
      headersTimeout: limits.headersMs,
      requestTimeout: limits.requestMs,
      connectionsCheckingInterval: limits.checkIntervalMs,
      maxHeaderSize: limits.maxHeaderBytes,
    },
    exposeHeadRoutes: false,
    // Said by us, in our form.
    return503OnClosing: false,
    rewriteUrl: ({ url }) => originForm(url ?? '/'),
    routerOptions: { maxParamLength: MAX_PATH_PARAMETER_CHARACTERS },
    clientErrorHandler: (error, socket) => answerUnreadable(error, socket, refusing.refused),
    // The router refuses malformed paths before any hook runs.
    frameworkErrors: (error, request, reply) => {
      if (!keepAlives) reply.header('connection', 'close');
      const { statusCode = 400 } = error;
      const refusal =
        statusCode < 500 ? new ApiError(statusCode, 'the path is malformed', { cause: error }) : error;
      refuse(refusal, request, reply, refusing);
    },
  } satisfies FastifyHttpOptions<Server>;
}
