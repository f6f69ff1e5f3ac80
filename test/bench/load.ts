import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { summarize, type Summary } from './statistics.js';

const CONNECTIONS = 32;

/** What a server did under a load. */
export interface LoadFigures {
  readonly perSecond: number;
  readonly latency: Summary;
}

/** A request as it goes over the wire, complete with its body. */
export type WireRequest = () => string;

export function wireRequest(
  method: string,
  path: string,
  headers: Readonly<Record<string, string>>,
  body = '',
): string {
  const all = {
    host: 'bench',
    ...headers,
    ...(body === '' ? {} : { 'content-length': String(Buffer.byteLength(body)) }),
  };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  return `${method} ${path} HTTP/1.1\r\n${lines.join('')}\r\n${body}`;
}

/**
 * Asks on 32 connections that are kept, each as soon as it has its answer, for so many seconds after one of warming up.
 * Throws for an answer that is no 200, or does not say how long it is.
 */
export async function measureLoad(url: string, next: WireRequest, seconds: number): Promise<LoadFigures> {
  const clients = await Promise.all(Array.from({ length: CONNECTIONS }, () => Client.open(url)));
  await run(clients, next, 1);
  const samples = await run(clients, next, seconds);
  for (const client of clients) client.close();
  return { perSecond: samples.length / seconds, latency: summarize(samples) };
}

async function run(clients: readonly Client[], next: WireRequest, seconds: number): Promise<number[]> {
  const endAt = performance.now() + seconds * 1_000;
  const samples: number[] = [];
  const loop = async (client: Client): Promise<void> => {
    for (let at = performance.now(); at < endAt; at = performance.now()) {
      await client.ask(next());
      samples.push(performance.now() - at);
    }
  };
  await Promise.all(clients.map(loop));
  return samples;
}

/** One kept connection. Reads no more of an answer than it must: the figures are to be the server's. */
class Client {
  private pending = '';
  private done: ((error?: Error) => void) | undefined;

  private constructor(private readonly socket: Socket) {
    socket.setNoDelay(true).setEncoding('latin1');
    socket.on('data', (chunk) => this.take(String(chunk)));
    socket.on('close', () => this.done?.(new Error('The server ended the connection')));
    socket.on('error', () => undefined);
  }

  static async open(url: string): Promise<Client> {
    const { hostname, port } = new URL(url);
    const socket = connect(Number(port), hostname);
    await once(socket, 'connect');
    return new Client(socket);
  }

  ask(request: string): Promise<void> {
    this.socket.write(request);
    return new Promise((resolve, reject) => {
      this.done = (error) => (error ? reject(error) : resolve());
    });
  }

  close(): void {
    this.done = undefined;
    this.socket.destroy();
  }

  private take(chunk: string): void {
    this.pending += chunk;
    const headEnd = this.pending.indexOf('\r\n\r\n');
    if (headEnd < 0) return;
    const head = this.pending.slice(0, headEnd);
    const length = Number(/\r\ncontent-length: (\d+)/i.exec(head)?.[1]);
    if (Number.isNaN(length)) return this.done?.(new Error(`An answer of unknown length: ${head}`));
    if (this.pending.length < headEnd + 4 + length) return;
    this.pending = '';
    this.done?.(head.startsWith('HTTP/1.1 200') ? undefined : new Error(head));
  }
}
