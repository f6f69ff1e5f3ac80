import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pour, sendHtml, sendServerTimeout, trickle, type NodeFault } from './faulty-answers.js';
import { gossipAnswer, infoAnswer } from './gossip-answer.js';
import { answerLogs, LOGS_PATH } from './logs-answer.js';
import { metricsAnswer } from './metrics-answer.js';
import type { Place } from './place.js';
import { flatStats, groupedStats } from './stats-answer.js';

export interface Credentials {
  readonly username: string;
  readonly password: string;
}

const JSON_TYPE = 'application/json; charset=utf-8';
const PROTECTED = ['/stats', '/metrics'];

const isLogs = (pathname: string): boolean => pathname === LOGS_PATH || pathname.startsWith(`${LOGS_PATH}/`);
const isProtected = (pathname: string): boolean => PROTECTED.includes(pathname) || isLogs(pathname);

type Refusal = readonly [status: number, headers: Record<string, string>];

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
    if (this.fault === 'hang' || place.model.node(place.index).down === 'hang') return;
    if (this.fault === 'html') return void sendHtml(response);
    if (this.fault === 'unavailable') return void response.writeHead(503).end();
    const refusal = this.#refusal(request, pathname);
    if (refusal !== undefined) return void response.writeHead(...refusal).end();
    if (isLogs(pathname)) {
      const files = place.isLicensed ? place.model.node(place.index).logs : null;
      return answerLogs(files, request, response, { knowsRanges: this.fault !== 'no-ranges' });
    }
    switch (pathname) {
      case '/gossip':
        return this.#gossip(place, response);
      case '/info':
        return this.#send(response, JSON_TYPE, toJson(infoAnswer(place, this.credentials !== undefined)));
      case '/ping':
        return this.#send(response, JSON_TYPE, toJson(PONG));
      case '/stats':
        return this.#stats(place, request, searchParams, response);
      case '/metrics':
        return this.#metrics(place, request, response);
      case '/health/live':
        return health(place, searchParams, response);
      default:
        response.writeHead(404).end();
    }
  }

  #gossip(place: Place, response: ServerResponse): void {
    const ofOneNode = place.model.nodes.length === 1 ? place.version.gossipOfOneNode : 'there';
    if (this.fault === 'no-gossip' || ofOneNode === 'missing') return void response.writeHead(404).end();
    if (this.fault === 'gossip-408') return void response.writeHead(408).end();
    if (this.fault === 'gossip-hang') return;
    if (ofOneNode === 'timeout') return sendServerTimeout(response);
    this.#send(response, JSON_TYPE, toJson(gossipAnswer(place)));
  }

  #stats(place: Place, { headers }: IncomingMessage, query: URLSearchParams, response: ServerResponse): void {
    if (this.fault === 'no-stats') return void response.writeHead(404).end();
    if (headers.accept?.startsWith('text/plain')) return void response.writeHead(406).end();
    const stats = query.get('group') === 'false' ? flatStats(place) : groupedStats(place);
    this.#send(response, JSON_TYPE, toJson(stats));
  }

  #metrics(place: Place, { headers }: IncomingMessage, response: ServerResponse): void {
    const accept = headers.accept ?? '*/*';
    const answer = this.fault === 'no-stats' ? null : metricsAnswer(place, accept);
    if (answer === null) return void response.writeHead(404).end();
    if (!/\*\/\*|text\/(plain|\*)|openmetrics/.test(accept)) return void response.writeHead(406).end();
    this.#send(response, answer.contentType, answer.body);
  }

  /** Bad credentials fail on open endpoints too, and while nobody leads they cannot be checked at all. */
  #refusal({ headers, method }: IncomingMessage, pathname: string): Refusal | undefined {
    const isRead = method === 'GET' || (method === 'HEAD' && pathname === '/health/live');
    if (!isRead) return [405, { allow: 'GET' }];
    if (this.credentials === undefined) return undefined;
    const unauthorized: Refusal = [401, { 'www-authenticate': 'X-Basic realm="ESDB"' }];
    if (headers.authorization === undefined) return isProtected(pathname) ? unauthorized : undefined;
    if (!this.place().model.hasLeader) return [503, { 'retry-after': '5' }];
    const { username, password } = this.credentials;
    const expected = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
    return headers.authorization === expected ? undefined : unauthorized;
  }

  #send(response: ServerResponse, contentType: string, body: string): void {
    response.setHeader('content-type', contentType);
    response.setHeader('cache-control', 'max-age=1');
    if (this.fault === 'half-json') return void response.end(body.slice(0, body.length / 2));
    if (this.fault === 'huge') return pour(response);
    if (this.fault === 'slow-body') return trickle(response, body);
    response.end(body);
  }
}

const PONG = { msgTypeId: 12, text: 'Ping request successfully handled' };
const toJson = (answer: unknown): string => JSON.stringify(answer, undefined, 2);

function health({ model, index, version }: Place, query: URLSearchParams, response: ServerResponse): void {
  if (!version.hasHealth) return void response.writeHead(404).end();
  const liveCode = Number(query.get('liveCode') ?? 204);
  response.writeHead(model.node(index).isLive ? liveCode : 503).end();
}
