import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { flatStats, gossipAnswer, groupedStats, infoAnswer, type Place } from './answers.js';

/** What goes wrong with a node's answers while the cluster itself is well. */
export const NODE_FAULTS = [
  'none',
  'hang',
  'html',
  'half-json',
  'huge',
  'slow-body',
  'unavailable',
  'no-gossip',
] as const;
export type NodeFault = (typeof NODE_FAULTS)[number];

export interface Credentials {
  readonly username: string;
  readonly password: string;
}

const HUGE_BYTES = 100_000_000;
const SLOW_BYTE_EVERY_MS = 20;

/** One node's HTTP side. Keeps its port when it goes down and comes back. */
export class NodeServer {
  fault: NodeFault = 'none';
  /** Requests taken so far, those without an answer too. */
  requests = 0;
  #server: Server | undefined;
  #port: number;

  constructor(
    port: number,
    private readonly place: () => Place,
    private readonly credentials: Credentials | undefined,
  ) {
    this.#port = port;
  }

  get port(): number {
    return this.#port;
  }

  async listen(): Promise<void> {
    if (this.#server !== undefined) return;
    const server = createServer((request, response) => this.#serve(request, response));
    this.#server = server;
    server.listen(this.#port, '127.0.0.1');
    await once(server, 'listening');
    this.#port = (server.address() as AddressInfo).port;
  }

  /** Refuses connections from now on, and breaks off those that there are. */
  async close(): Promise<void> {
    const server = this.#server;
    if (server === undefined) return;
    this.#server = undefined;
    server.close();
    server.closeAllConnections();
    await once(server, 'close');
  }

  #serve(request: IncomingMessage, response: ServerResponse): void {
    this.requests += 1;
    request.resume();
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://node.example.com');
    const place = this.place();
    if (this.fault === 'hang' || place.model.nodes[place.index]?.down === 'hang') return;
    if (this.fault === 'html') return void sendHtml(response);
    if (this.fault === 'unavailable') return void response.writeHead(503).end();
    if (request.method !== 'GET') return void response.writeHead(405, { allow: 'GET' }).end();
    const refusal = this.#refusal(request, pathname);
    if (refusal !== undefined) return void response.writeHead(...refusal).end();
    if (pathname === '/health/live') return void response.writeHead(204).end();
    const answer = this.#answer(pathname, searchParams.get('group') !== 'false');
    if (answer === undefined) return void response.writeHead(404).end();
    this.#send(response, JSON.stringify(answer, undefined, 2));
  }

  #answer(pathname: string, isGrouped: boolean): unknown {
    const place = this.place();
    if (pathname === '/gossip') return this.fault === 'no-gossip' ? undefined : gossipAnswer(place);
    if (pathname === '/info') return infoAnswer(place, this.credentials !== undefined);
    if (pathname === '/stats') return isGrouped ? groupedStats(place) : flatStats(place);
    return pathname === '/ping' ? { msgTypeId: 12, text: 'Ping request successfully handled' } : undefined;
  }

  /** Bad credentials fail on open endpoints too, and while nobody leads they cannot be checked at all. */
  #refusal({ headers }: IncomingMessage, pathname: string): [number, Record<string, string>] | undefined {
    if (this.credentials === undefined) return undefined;
    const unauthorized: [number, Record<string, string>] = [
      401,
      { 'www-authenticate': 'X-Basic realm="ESDB"' },
    ];
    if (headers.authorization === undefined) return pathname === '/stats' ? unauthorized : undefined;
    if (!this.place().model.hasLeader) return [503, { 'retry-after': '5' }];
    const { username, password } = this.credentials;
    const expected = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
    return headers.authorization === expected ? undefined : unauthorized;
  }

  #send(response: ServerResponse, body: string): void {
    response.setHeader('content-type', 'application/json; charset=utf-8');
    response.setHeader('cache-control', 'max-age=1');
    if (this.fault === 'half-json') return void response.end(body.slice(0, body.length / 2));
    if (this.fault === 'huge') return pour(response);
    if (this.fault === 'slow-body') return trickle(response, body);
    response.end(body);
  }
}

const sendHtml = (response: ServerResponse): ServerResponse =>
  response
    .writeHead(200, { 'content-type': 'text/html' })
    .end('<!DOCTYPE html><html><body>Please log in</body></html>');

function pour(response: ServerResponse): void {
  const block = Buffer.alloc(65_536, ' ');
  let sent = 0;
  const more = (): void => {
    while (!response.destroyed && sent < HUGE_BYTES) {
      sent += block.length;
      if (!response.write(block)) return;
    }
    response.end();
  };
  response.on('drain', more);
  more();
}

function trickle(response: ServerResponse, body: string): void {
  let sent = 0;
  const timer = setInterval(() => {
    response.write(body.charAt(sent));
    sent += 1;
    if (sent === body.length) response.end();
  }, SLOW_BYTE_EVERY_MS);
  response.on('close', () => clearInterval(timer));
}
