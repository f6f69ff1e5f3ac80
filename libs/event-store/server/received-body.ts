import type { IncomingMessage, ServerResponse } from 'node:http';
import { pipeline, type Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { ApiError } from './api-error.js';
import type { HeldBody } from './body-room.js';

/** What each piece costs beside its bytes, roughly: a sender may send its body one byte at a time. */
const CHUNK_BYTES = 512;

/** Those whose sender waits for a word before it sends the body. */
const waiting = new WeakSet<IncomingMessage>();

/** Notes that a request came with `Expect: 100-continue`: it gets its word when its body is wanted, and not before. */
export function noteExpectation(request: IncomingMessage): void {
  waiting.add(request);
}

/** Whether some of a request's body is still to come, and its sender will send it unasked. */
export const hasMoreToCome = (request: IncomingMessage): boolean =>
  !request.complete && !request.destroyed && !waiting.has(request) && announcesBody(request);

/**
 * The body of a request, unpacked, at most `maxBytes` of it as it comes and unpacked, and held in `place`. Throws a 413
 * when it is larger, a 415 when it is packed otherwise than by gzip, and a 400 when it is no gzip or ends early.
 */
export async function receivedBody(
  request: IncomingMessage,
  response: ServerResponse,
  maxBytes: number,
  place: HeldBody,
): Promise<Buffer> {
  const isPacked = isGzip(request.headers['content-encoding']);
  if (Number(request.headers['content-length'] ?? 0) > maxBytes) throw tooLarge(maxBytes);
  if (waiting.delete(request)) response.writeContinue();
  const chunks: Buffer[] = [];
  const packed = limited(arriving(request), maxBytes);
  for await (const chunk of isPacked ? limited(unpacked(packed), maxBytes) : packed) {
    place.take(chunk.length + CHUNK_BYTES);
    chunks.push(chunk);
  }
  return chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks);
}

const announcesBody = ({ headers }: IncomingMessage): boolean =>
  headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;

function isGzip(encoding = ''): boolean {
  switch (encoding.trim().toLowerCase()) {
    case '':
    case 'identity':
      return false;
    case 'gzip':
    case 'x-gzip':
      return true;
    default:
      throw new ApiError(415, 'the body may be compressed by gzip, and by nothing else');
  }
}

/** Of what arrives. Whoever stops reading it leaves the connection alone: it is needed for the answer. */
async function* arriving(request: IncomingMessage): AsyncGenerator<Buffer> {
  try {
    yield* request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>;
  } catch (error) {
    // Nobody will read this: the sender has gone.
    throw new ApiError(400, 'the body ended early', { cause: error });
  }
}

async function* limited(chunks: AsyncIterable<Buffer>, maxBytes: number): AsyncGenerator<Buffer> {
  let size = 0;
  for await (const chunk of chunks) {
    size += chunk.length;
    if (size > maxBytes) throw tooLarge(maxBytes);
    yield chunk;
  }
}

async function* unpacked(packed: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  // Errors come out of the stream that is read below.
  const stream: Readable = pipeline(packed, createGunzip(), () => {});
  try {
    yield* stream as AsyncIterable<Buffer>;
  } catch (error) {
    if (error instanceof ApiError) throw error;
    throw new ApiError(400, 'the body is no gzip, or not all of it', { cause: error });
  }
}

const tooLarge = (maxBytes: number) => new ApiError(413, `the body has more than ${maxBytes} bytes`);
