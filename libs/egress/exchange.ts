import {
  request as httpRequest,
  type Agent,
  type IncomingHttpHeaders,
  type IncomingMessage,
} from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { LookupFunction } from 'node:net';
import { EgressFailure } from './egress-failure.js';

/** A part of a body. */
export interface ByteRange {
  readonly from: number;
  readonly maxBytes: number;
}

export interface Exchange {
  readonly target: URL;
  readonly agent: Agent;
  readonly lookup: LookupFunction;
  readonly headers: Readonly<Record<string, string>>;
  readonly maxBodyBytes: number;
  readonly range: ByteRange | undefined;
  readonly signal: AbortSignal;
}

export interface EgressReply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** As it came. With a range, of an answer 206 or 200, the part from there: of a 200 the rest has been passed over. */
  readonly bytes: Buffer;
  /** Decoded as UTF-8, without a byte order mark; what is no UTF-8 is replaced. */
  readonly body: string;
}

/** The connection was a kept one that the other side had closed meanwhile: nothing was processed. */
export class StaleConnection extends Error {}

const REDIRECTS = [301, 302, 303, 307, 308];
const MAX_HEADER_BYTES = 16_384;

/** One request and its whole answer. Rejects with Node's own error, an `EgressFailure`, or `StaleConnection`. */
export function exchange({
  target,
  agent,
  lookup,
  headers,
  maxBodyBytes,
  range,
  signal,
}: Exchange): Promise<EgressReply> {
  const send = target.protocol === 'https:' ? httpsRequest : httpRequest;
  return new Promise((resolve, reject) => {
    const outgoing = send(target, { agent, lookup, headers, signal, maxHeaderSize: MAX_HEADER_BYTES });
    let answered = false;
    outgoing.on('error', (error: NodeJS.ErrnoException) => {
      const stale = outgoing.reusedSocket && !answered && ['ECONNRESET', 'EPIPE'].includes(error.code ?? '');
      reject(stale ? new StaleConnection() : error);
    });
    outgoing.on('response', (incoming) => {
      answered = true;
      readReply(incoming, target, { maxBodyBytes, range }).then(resolve, (error: Error) => {
        reject(error);
        outgoing.destroy();
      });
    });
    outgoing.end();
  });
}

type Bounds = Pick<Exchange, 'maxBodyBytes' | 'range'>;

async function readReply(incoming: IncomingMessage, target: URL, bounds: Bounds): Promise<EgressReply> {
  // Destroying a request whose answer nobody reads makes the answer fail, too; that failure is of no interest.
  incoming.on('error', () => undefined);
  const status = incoming.statusCode ?? 0;
  if (REDIRECTS.includes(status)) {
    throw new EgressFailure(
      'redirect',
      `${target.host} answered with a redirect (${status}); redirects are not followed.`,
    );
  }
  const isWhole = bounds.range !== undefined && status === 200;
  const bytes = isWhole ? await readPart(incoming, bounds.range) : await readAll(incoming, target, bounds);
  return {
    status,
    headers: incoming.headers,
    bytes,
    get body() {
      return new TextDecoder().decode(bytes);
    },
  };
}

async function readAll(
  incoming: IncomingMessage,
  target: URL,
  { maxBodyBytes, range }: Bounds,
): Promise<Buffer> {
  const isPart = range !== undefined && incoming.statusCode === 206;
  const maxBytes = isPart ? range.maxBytes : maxBodyBytes;
  const tooLarge = (): EgressFailure =>
    new EgressFailure('body-too-large', `${target.host} answered with more than ${maxBytes} bytes.`);
  if (isPart && !(incoming.headers['content-range'] ?? '').startsWith(`bytes ${range.from}-`))
    throw new EgressFailure('protocol', `${target.host} answered with another part than was asked for.`);
  if (Number(incoming.headers['content-length']) > maxBytes) throw tooLarge();
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > maxBytes) throw tooLarge();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** Of a server that knows no ranges, or a proxy that lost ours: what comes before is passed over, the rest not read. */
async function readPart(incoming: IncomingMessage, { from, maxBytes }: ByteRange): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let [position, bytes] = [0, 0];
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    const part = chunk.subarray(Math.max(0, from - position)).subarray(0, maxBytes - bytes);
    position += chunk.length;
    bytes += part.length;
    if (part.length > 0) chunks.push(part);
    if (bytes === maxBytes) break;
  }
  return Buffer.concat(chunks);
}
