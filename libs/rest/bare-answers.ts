import { STATUS_CODES, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Socket } from 'node:net';
import { Problem } from '../domain/index.js';
import { problemBody } from './problem-response.js';
import { securityHeaders } from './security-headers.js';

/** So long the other side may still read an answer after which the connection ends. */
const LINGER_MS = 1_000;

interface ClientError extends Error {
  readonly code?: string;
}

interface ServedSocket extends Socket {
  /** The answer that is being written on it, as Node notes it. */
  readonly _httpMessage?: ServerResponse | null;
}

function problemOf({ code }: ClientError): Problem {
  switch (code) {
    case 'HPE_HEADER_OVERFLOW':
      return problem(431, 'The header of the request is too long.');
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return problem(408, 'The request did not arrive in time.');
    default:
      return problem(400, 'The request cannot be read as HTTP.');
  }
}

const problem = (status: number, detail: string) =>
  new Problem(status, STATUS_CODES[status] ?? 'Bad Request', detail);

/** What is no HTTP, or takes too long, reaches no route and no filter; it is answered on the bare socket. */
export function answerUnreadable(error: ClientError, socket: Socket): void {
  const { _httpMessage: answer } = socket as ServedSocket;
  if (!socket.writable || error.code === 'ECONNRESET') return void socket.destroy();
  // What is unreadable came after a request that is being served: ours would be read as the answer to that.
  if (answer?.req.complete) return endAfter(answer, socket);
  // A second answer within the first would be read as a part of it.
  if (answer?.headersSent) return void socket.destroy();
  answerOn(socket, problemOf(error));
  // The rest of a late request must not be served any more; of others something may still be on its way, and
  // closing on it would take the answer from the caller.
  if (error.code === 'ERR_HTTP_REQUEST_TIMEOUT') socket.destroySoon();
}

function endAfter(answer: ServerResponse, socket: Socket): void {
  // So it is already when the caller asked for it, and from the second unreadable piece on.
  if (!answer.shouldKeepAlive) return;
  answer.shouldKeepAlive = false;
  // Its header may have promised otherwise before.
  answer.once('finish', () => socket.destroySoon());
}

/** Answers what Node hands to nobody, or answers without a body of its own: CONNECT and expectations. */
export function answerUnserved(server: Server): void {
  server.on('connect', (_request: IncomingMessage, socket: Duplex) => {
    socket.on('error', () => socket.destroy());
    answerOn(socket, problem(405, 'This is no proxy: it opens no tunnels.'));
  });
  server.on('checkExpectation', (request: IncomingMessage, response: ServerResponse) => {
    const path = (request.url ?? '/').split('?')[0] ?? '/';
    const detail = 'The only expectation that can be met is 100-continue.';
    const body = JSON.stringify(problemBody(problem(417, detail), path));
    const length = { 'content-length': String(Buffer.byteLength(body)) };
    response.writeHead(417, { ...securityHeaders(path), ...PROBLEM, ...length, connection: 'close' });
    response.end(body);
  });
}

const PROBLEM = { 'content-type': 'application/problem+json; charset=utf-8' };

function answerOn(socket: Duplex, answer: Problem): void {
  const body = JSON.stringify(problemBody(answer, '/'));
  const headers = {
    ...securityHeaders('/'),
    ...PROBLEM,
    'content-length': String(Buffer.byteLength(body)),
    connection: 'close',
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.end(`HTTP/1.1 ${answer.status} ${answer.title}\r\n${lines.join('')}\r\n${body}`);
  setTimeout(() => socket.destroy(), LINGER_MS).unref();
}
