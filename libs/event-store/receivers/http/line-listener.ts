import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { clusterNameProblem } from '../../record/index.js';
import { RefusalLog } from '../../tallies/index.js';
import type { Receiver, ReceiverParts } from '../receiver.js';
import { gatekeeper } from './credentials.js';
import type { ListenerSettings } from './http.schema.js';
import { listen } from './listening.js';
import { Refusal, refusalOf } from './refusal.js';
import { BodyRoom, withBody } from './request-body.js';

/** Stores a body. The cluster is the request's, or else the receiver's. Throws what `ReceiverIntake` throws. */
export type Store = (body: Buffer, cluster: string | undefined) => Promise<void>;

export interface ListenerBounds {
  /** Bytes of all bodies together. */
  readonly heldBytes: number;
  /** Requests that are under way when it stops have so long to end. */
  readonly graceMs: number;
}

const BOUNDS: ListenerBounds = { heldBytes: 128 * 1_048_576, graceMs: 20_000 };
/** As of the API: nobody holds room for a body that does not come. */
const REQUEST_MS = 60_000;
/** What timers take at the most, with what Node adds to it. */
const LONGEST_TIMER_MS = 2_147_000_000;

/** Takes lines by HTTP at one path of one port, with credentials of its own. */
export class LineListener implements Receiver {
  private readonly server: Server;
  private readonly mayPass: (header: string | undefined) => boolean;
  private readonly room: BodyRoom;
  private readonly refused: RefusalLog;
  private isStopping = false;

  constructor(
    private readonly settings: ListenerSettings,
    private readonly parts: Pick<ReceiverParts, 'name' | 'logger' | 'stats'>,
    private readonly store: Store,
    private readonly bounds = BOUNDS,
  ) {
    this.room = new BodyRoom(bounds.heldBytes);
    const { idle_timeout: idleMs } = settings;
    this.server = createServer(
      { keepAliveTimeout: Math.min(Math.ceil(idleMs), LONGEST_TIMER_MS), requestTimeout: REQUEST_MS },
      (request, response) => void this.answer(request, response),
    );
    this.mayPass = gatekeeper(settings);
    this.refused = new RefusalLog(parts.logger, { event: 'bodies.refused', receiver: parts.name });
  }

  /** Where it listens, when it does. */
  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  async start(): Promise<void> {
    const { name, logger } = this.parts;
    await listen(this.server, name, this.settings);
    this.server.on('error', (error) =>
      logger.error({ event: 'receiver.failed', receiver: name, reason: error.message }),
    );
    const { address, path } = this.settings;
    logger.info({ event: 'receiver.listening', receiver: name, address, port: this.port, path });
  }

  async stop(): Promise<void> {
    this.isStopping = true;
    if (!this.server.listening) return;
    const timer = setTimeout(() => this.server.closeAllConnections(), this.bounds.graceMs);
    await new Promise((resolve) => this.server.close(resolve));
    clearTimeout(timer);
    // Those that were under way, too.
    this.refused.close();
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const cluster = this.clusterOf(request);
      await withBody(request, this.room, (body) => this.store(body, cluster));
      this.end(response, 200, '');
    } catch (error) {
      const { status, message, headers } = this.refusal(error);
      this.end(response, status, `${message}\n`, headers);
    }
  }

  /** Of the request, or of the settings. Throws a `Refusal` for what is no request to this receiver. */
  private clusterOf({ url = '/', method, headers }: IncomingMessage): string | undefined {
    if (this.isStopping) throw new Refusal(503, 'This receiver is stopping.', { 'retry-after': '1' });
    const [path = '', query] = url.split('?', 2);
    if (!isAt(this.settings.path, path)) throw new Refusal(404, '404 page not found');
    if (method !== 'POST') throw new Refusal(405, 'Method Not Allowed', { allow: 'POST' });
    if (!this.mayPass(headers.authorization))
      throw new Refusal(401, 'Unauthorized', { 'www-authenticate': 'Basic realm="lines"' });
    const cluster = new URLSearchParams(query).get('cluster') || this.settings.cluster;
    const problem = cluster === undefined ? undefined : clusterNameProblem(cluster);
    if (problem !== undefined) throw new Refusal(400, `ServerHttp: ${problem}`);
    return cluster;
  }

  private refusal(error: unknown): Refusal {
    const refusal = refusalOf(error);
    if (refusal) {
      if (refusal.status !== 503) this.noteRefused(refusal);
      return refusal;
    }
    this.parts.logger.error({ event: 'body.failed', receiver: this.parts.name, err: error });
    return new Refusal(500, 'Internal Server Error');
  }

  private noteRefused({ status, message }: Refusal): void {
    this.parts.stats?.count('manager.errors', 'receiver_refused');
    this.refused.note({ status }, message);
  }

  private end(
    response: ServerResponse,
    status: number,
    text: string,
    headers: Readonly<Record<string, string>> = {},
  ): void {
    if (this.isStopping || !this.settings.keep_alives_enabled) response.shouldKeepAlive = false;
    const type =
      text === '' ? {} : { 'content-type': 'text/plain; charset=utf-8', 'x-content-type-options': 'nosniff' };
    response.writeHead(status, { ...type, 'content-length': Buffer.byteLength(text), ...headers });
    response.end(text);
  }
}

/** As Go's mux: a path that ends with a slash stands for all below it, too. */
const isAt = (path: string, asked: string): boolean =>
  asked === path || (path.endsWith('/') && (asked.startsWith(path) || `${asked}/` === path));
