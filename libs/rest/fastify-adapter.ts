import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { FastifyAdapter } from '@nestjs/platform-fastify';

import { newId, Problem } from '../domain/index.js';
import { MAX_BODY_BYTES } from './limits.js';
import { formBodyParser, jsonBodyParser } from './json-body.js';
import { normalizeTarget } from './request-target.js';
import type { HttpReply, HttpRequest, HttpServer } from './http-types.js';
import { sendProblem } from './send-problem.js';
import { securityHeaders } from './security-headers.js';

/** Within this time a request must have arrived completely. */
const REQUEST_TIMEOUT_MS = 30_000;
/** Ids are short; an event store query parameter is none of the path's. */
const MAX_PATH_PARAMETER_CHARACTERS = 300;
/** The one place where OAuth wants forms. */
const FORM_PATH = '/oauth/token';

/**
 * The HTTP server that every app of ours listens with. Create the Nest application with it and with
 * `{ bodyParser: false }`, then call `configureHttp`. Understands absolute-form targets and JSON requests without a
 * body; refuses bodies over `MAX_BODY_BYTES` (413) and other types than JSON (415).
 */
export function createFastifyAdapter(): FastifyAdapter {
  const adapter = new FastifyAdapter({
    bodyLimit: MAX_BODY_BYTES,
    requestTimeout: REQUEST_TIMEOUT_MS,
    genReqId: () => newId(),
    rewriteUrl: (request: { url?: string | undefined }) => normalizeTarget(request.url ?? '/'),
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: MAX_PATH_PARAMETER_CHARACTERS },
    clientErrorHandler: answerUnparsable,
    frameworkErrors: answerUnroutable as never,
  });
  const fastify = adapter.getInstance<HttpServer>();
  acceptBodies(fastify);
  fastify.addHook('onRequest', (request, reply, done) => {
    reply.headers({ ...securityHeaders(request.url), 'x-request-id': request.id });
    done();
  });
  return adapter;
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

/** The router refuses malformed and over-long paths before any hook or filter runs. */
function answerUnroutable(
  error: { statusCode?: number | undefined },
  request: Pick<HttpRequest, 'url'>,
  reply: HttpReply,
): void {
  const status = error.statusCode ?? 400;
  const detail = status === 414 ? 'A part of the path is too long.' : 'The path is malformed.';
  sendProblem(reply, new Problem(status, STATUS_CODES[status] ?? 'Bad Request', detail), request.url);
}

const CLIENT_ERROR_STATUS: Readonly<Record<string, number>> = {
  HPE_HEADER_OVERFLOW: 431,
  ERR_HTTP_REQUEST_TIMEOUT: 408,
};

/** What is no HTTP reaches no route and no filter; it is answered on the bare socket. */
function answerUnparsable(error: Error & { code?: string }, socket: Socket): void {
  if (!socket.writable || error.code === 'ECONNRESET') {
    socket.destroy();
    return;
  }
  const status = CLIENT_ERROR_STATUS[error.code ?? ''] ?? 400;
  const title = STATUS_CODES[status] ?? 'Bad Request';
  const body = JSON.stringify({
    type: 'about:blank',
    title,
    status,
    detail: 'The request cannot be read as HTTP.',
    instance: '/',
  });
  socket.end(
    `HTTP/1.1 ${status} ${title}\r\ncontent-type: application/problem+json\r\n` +
      `content-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`,
  );
}
