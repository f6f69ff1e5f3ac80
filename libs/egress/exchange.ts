import {
  request as httpRequest,
  type Agent,
  type IncomingHttpHeaders,
  type IncomingMessage,
} from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { LookupFunction } from 'node:net';
import { EgressFailure } from './egress-failure.js';

export interface Exchange {
  readonly target: URL;
  readonly agent: Agent;
  readonly lookup: LookupFunction;
  readonly headers: Readonly<Record<string, string>>;
  readonly maxBodyBytes: number;
  readonly signal: AbortSignal;
}

export interface EgressReply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
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
      readReply(incoming, target, maxBodyBytes).then(resolve, (error: Error) => {
        reject(error);
        outgoing.destroy();
      });
    });
    outgoing.end();
  });
}

async function readReply(incoming: IncomingMessage, target: URL, maxBodyBytes: number): Promise<EgressReply> {
  // Destroying a request whose answer nobody reads makes the answer fail, too; that failure is of no interest.
  incoming.on('error', () => undefined);
  const status = incoming.statusCode ?? 0;
  if (REDIRECTS.includes(status)) {
    throw new EgressFailure(
      'redirect',
      `${target.host} answered with a redirect (${status}); redirects are not followed.`,
    );
  }
  const tooLarge = (): EgressFailure =>
    new EgressFailure('body-too-large', `${target.host} answered with more than ${maxBodyBytes} bytes.`);
  if (Number(incoming.headers['content-length']) > maxBodyBytes) throw tooLarge();
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > maxBodyBytes) throw tooLarge();
    chunks.push(chunk);
  }
  return { status, headers: incoming.headers, body: new TextDecoder().decode(Buffer.concat(chunks)) };
}
