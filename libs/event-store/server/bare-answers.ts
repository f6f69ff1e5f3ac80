import { STATUS_CODES, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { RefusalLog } from '../tallies/index.js';
import { errorBody } from './error-body.js';
import { noteExpectation } from './received-body.js';

/** So long the other side may still read an answer after which the connection ends. */
const LINGER_MS = 1_000;

interface ClientError extends Error {
  readonly code?: string;
}

interface ServedSocket extends Socket {
  /** The answer that is being written on it, as Node notes it. */
  readonly _httpMessage?: ServerResponse | null;
}

/** What is no HTTP, or takes too long, reaches no route; it is answered on the bare socket. */
export function answerUnreadable(error: ClientError, socket: Socket, refused: RefusalLog): void {
  const { _httpMessage: answer } = socket as ServedSocket;
  if (!socket.writable || error.code === 'ECONNRESET') return void socket.destroy();
  // What is unreadable came after a request that is being served: ours would be read as the answer to that.
  if (answer?.req.complete) return endAfter(answer, socket);
  // A second answer within the first would be read as a part of it.
  if (answer?.headersSent) return void socket.destroy();
  const [status, message] = answerTo(error);
  refused.note({ route: 'other', status }, message);
  answerOn(socket, status, message);
  // The rest of a late request must not be served any more.
  if (error.code === 'ERR_HTTP_REQUEST_TIMEOUT') socket.destroySoon();
}

function answerTo({ code }: ClientError): [status: number, message: string] {
  switch (code) {
    case 'HPE_HEADER_OVERFLOW':
      return [431, 'the header of the request is too long'];
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return [408, 'the request did not arrive in time'];
    default:
      return [400, 'the request cannot be read as HTTP'];
  }
}

function endAfter(answer: ServerResponse, socket: Socket): void {
  // So it is already when the caller asked for it, and from the second unreadable piece on.
  if (!answer.shouldKeepAlive) return;
  answer.shouldKeepAlive = false;
  // Its header may have promised otherwise before.
  answer.once('finish', () => socket.destroySoon());
}

function answerOn(socket: Socket, status: number, message: string): void {
  const body = errorBody(status, message);
  socket.write(
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\ncontent-type: application/json\r\n` +
      `content-length: ${body.length}\r\nconnection: close\r\n\r\n`,
  );
  socket.end(body);
  setTimeout(() => socket.destroy(), LINGER_MS).unref();
}

/** Answers what Node hands to nobody, and keeps it from asking for bodies before they are wanted. */
export function answerUnserved(server: Server): void {
  server.on('connect', (_request: IncomingMessage, socket: Socket) => {
    socket.on('error', () => socket.destroy());
    answerOn(socket, 405, 'this is no proxy: it opens no tunnels');
  });
  server.on('checkContinue', (request: IncomingMessage, response: ServerResponse) => {
    noteExpectation(request);
    server.emit('request', request, response);
  });
}
