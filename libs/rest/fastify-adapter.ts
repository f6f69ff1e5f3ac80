import { STATUS_CODES } from 'node:http';
import { FastifyAdapter } from '@nestjs/platform-fastify';

import { newId, Problem } from '../domain/index.js';
import { answerUnreadable, answerUnserved } from './bare-answers.js';
import { acceptBytes } from './bytes-body.js';
import { allowOrigins } from './cross-origin.js';
import type { HttpOptions } from './http-options.js';
import { MAX_BODY_BYTES, MAX_HEADER_BYTES, MAX_HEADERS } from './limits.js';
import { formBodyParser, jsonBodyParser } from './json-body.js';
import { normalizeTarget } from './request-target.js';
import type { HttpReply, HttpRequest, HttpServer } from './http-types.js';
import { sendProblem } from './send-problem.js';
import { securityHeaders, STRICT_TRANSPORT } from './security-headers.js';

/** Ids are short; an event store query parameter is none of the path's. */
const MAX_PATH_PARAMETER_CHARACTERS = 300;
/** The one place where OAuth wants forms. */
const FORM_PATH = '/oauth/token';

/**
 * The HTTP server that every app of ours listens with. Create the Nest application with it and with
 * `{ bodyParser: false }`, then call `configureHttp`. Understands absolute-form targets and JSON requests without a
 * body; refuses bodies over `MAX_BODY_BYTES` (413; see `TakesBytes` for routes with others), other types than JSON (415), too many or too long headers (431)
 * and requests that take too long to arrive (408).
 */
export function createFastifyAdapter(options: HttpOptions): FastifyAdapter {
  const { deadlines, trustedProxies } = options;
  const transport = options.isPublicUrlSecure ? STRICT_TRANSPORT : {};
  const adapter = new FastifyAdapter({
    bodyLimit: MAX_BODY_BYTES,
    requestTimeout: deadlines.requestMs,
    keepAliveTimeout: deadlines.keepAliveMs,
    connectionTimeout: deadlines.inactivityMs,
    http: {
      headersTimeout: deadlines.headersMs,
      requestTimeout: deadlines.requestMs,
      connectionsCheckingInterval: deadlines.checkIntervalMs,
      maxHeaderSize: MAX_HEADER_BYTES,
      // Answered by us, as a problem.
      requireHostHeader: false,
    },
    // An empty list would trust nobody, too, but has the header read.
    trustProxy: trustedProxies.length > 0 ? [...trustedProxies] : false,
    genReqId: () => newId(),
    rewriteUrl: (request: { url?: string | undefined }) => normalizeTarget(request.url ?? '/'),
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: MAX_PATH_PARAMETER_CHARACTERS },
    clientErrorHandler: answerUnreadable,
    frameworkErrors: ((error: FrameworkError, request: HttpRequest, reply: HttpReply) => {
      reply.headers(transport);
      answerUnroutable(error, request, reply);
    }) as never,
  });
  const fastify = adapter.getInstance<HttpServer>();
  answerUnserved(fastify.server);
  acceptBodies(fastify);
  acceptBytes(fastify);
  guardRequests(fastify, transport);
  allowOrigins(fastify, options.corsOrigins);
  return adapter;
}

function guardRequests(fastify: HttpServer, transport: Readonly<Record<string, string>>): void {
  fastify.addHook('onRequest', (request, reply, done) => {
    reply.headers({ ...securityHeaders(request.url), ...transport, 'x-request-id': request.id });
    const { rawHeaders, httpVersion, headers } = request.raw;
    if (rawHeaders.length > 2 * MAX_HEADERS) {
      const detail = `The request has more than ${MAX_HEADERS} header fields.`;
      return done(new Problem(431, 'Request Header Fields Too Large', detail));
    }
    if (httpVersion === '1.1' && headers.host === undefined)
      return done(new Problem(400, 'Bad Request', 'The request has no Host header field.'));
    done();
  });
}

function acceptBodies(fastify: HttpServer): void {
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser('application/json', { parseAs: 'buffer' }, jsonBodyParser(fastify) as never);
  fastify.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'buffer' },
    (request, body: Buffer, done) => {
      const isForm = request.url.split('?')[0]?.replace(/\/$/, '') === FORM_PATH;
      if (isForm) formBodyParser(request, body, done);
      else done(new Problem(415, 'Unsupported Media Type', 'Send the body as application/json.'));
    },
  );
}

interface FrameworkError {
  readonly statusCode?: number | undefined;
}

/** The router refuses malformed and over-long paths before any hook or filter runs. */
function answerUnroutable(error: FrameworkError, request: HttpRequest, reply: HttpReply): void {
  const status = error.statusCode ?? 400;
  const detail = status === 414 ? 'A part of the path is too long.' : 'The path is malformed.';
  sendProblem(reply, new Problem(status, STATUS_CODES[status] ?? 'Bad Request', detail), request.url);
}
