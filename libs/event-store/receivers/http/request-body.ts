import type { IncomingMessage } from 'node:http';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { Refusal, tooBusy } from './refusal.js';

const inflate = promisify(gunzip);

/** Of one body, as it comes and unpacked. */
export const MAX_BODY_BYTES = 16 * 1_048_576;

/** What each piece costs beside its bytes, roughly: a sender may send its body one byte at a time. */
const CHUNK_BYTES = 512;

/** Bytes of all bodies together that a listener holds. */
export class BodyRoom {
  private held = 0;

  constructor(private readonly maxBytes: number) {}

  /** Of one request. Throws a 503 when there is no room for them. */
  take(bytes: number): void {
    if (this.held + bytes > this.maxBytes)
      throw tooBusy('More is coming in than there is memory for: send it again in a second.');
    this.held += bytes;
  }

  free(bytes: number): void {
    this.held -= bytes;
  }
}

/**
 * Hands the body of a request, unpacked where it came as gzip, to `use`, and keeps room for it meanwhile. Throws a `Refusal`:
 * 400 for what is no gzip, 413 beyond `MAX_BODY_BYTES`, 415 for another encoding, 503 without room.
 */
export async function withBody(
  request: IncomingMessage,
  room: BodyRoom,
  use: (body: Buffer) => Promise<void>,
): Promise<void> {
  let taken = 0;
  const take = (bytes: number): void => {
    room.take(bytes);
    taken += bytes;
  };
  try {
    const unpack = unpackerOf(request.headers['content-encoding']);
    await use(await unpack(await received(request, take), take));
  } finally {
    room.free(taken);
  }
}

type Take = (bytes: number) => void;

async function received(request: IncomingMessage, take: Take): Promise<Buffer> {
  if (Number(request.headers['content-length'] ?? 0) > MAX_BODY_BYTES) throw tooLarge();
  const chunks: Buffer[] = [];
  let length = 0;
  await new Promise<void>((resolve, reject) => {
    const stop = (error: Error): void => {
      request.off('data', add);
      reject(error);
    };
    const add = (chunk: Buffer): void => {
      length += chunk.length;
      try {
        if (length > MAX_BODY_BYTES) throw tooLarge();
        take(chunk.length + CHUNK_BYTES);
        chunks.push(chunk);
      } catch (error) {
        stop(error as Error);
      }
    };
    request.on('data', add).once('end', resolve);
    request.once('close', () => stop(new Refusal(400, 'The body ended before its end.')));
  });
  return Buffer.concat(chunks, length);
}

function unpackerOf(encoding = ''): (body: Buffer, take: Take) => Promise<Buffer> {
  switch (encoding.trim().toLowerCase()) {
    case '':
    case 'identity':
      return (body) => Promise.resolve(body);
    case 'gzip':
    case 'x-gzip':
      return unpacked;
    default:
      throw new Refusal(415, 'The body may be compressed by gzip, and by nothing else.');
  }
}

async function unpacked(body: Buffer, take: Take): Promise<Buffer> {
  const plain = await inflate(body, { maxOutputLength: MAX_BODY_BYTES }).catch(refuse);
  take(plain.length);
  return plain;
}

function refuse(error: NodeJS.ErrnoException): never {
  if (error.code === 'ERR_BUFFER_TOO_LARGE') throw tooLarge();
  throw new Refusal(400, 'ServerHttp: Failed to decode: the body is no gzip, or not all of it.');
}

const tooLarge = (): Refusal => new Refusal(413, `The body is larger than ${MAX_BODY_BYTES} bytes.`);
