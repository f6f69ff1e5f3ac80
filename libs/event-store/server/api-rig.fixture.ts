import { connect, type Socket } from 'node:net';
import { once } from 'node:events';
import type { Logger } from '../../observability/logging/index.js';
import { silentLogger } from '../../observability/logging/index.js';
import { ManualClock } from '../../testing/manual-clock.js';
import type { StatsView } from '../stats/index.js';
import { API_LIMITS, createApiServer, type ApiLimits, type ApiServer, type ApiSettings } from './index.js';

export const STATS: StatsView = {
  manager: { errors: {}, status: { processed: 1 } },
  backend: { errors: {}, status: {} },
  info: { retention_time: '24h', flush_time: '1s', backend_type: 'sqlite' },
};

const SETTINGS: ApiSettings = {
  address: '127.0.0.1',
  port: 0,
  keepAlives: true,
  idleTimeoutMs: 5_000,
  jwtPublicKey: undefined,
  isSwaggerUiEnabled: false,
};

/** An API over a real socket, with parts that note what they are given. */
export class ApiRig {
  readonly writes: { readonly body: Buffer; readonly cluster: string | undefined }[] = [];
  readonly queries: string[] = [];
  readonly clock = new ManualClock();
  /** What storing and asking do, besides being noted. */
  onWrite: () => Promise<void> = async () => {};
  onQuery: () => Promise<string> = async () => '{"results":[]}';
  isReady = true;
  url = '';
  private readonly sockets: Socket[] = [];

  private constructor(make: (rig: ApiRig) => ApiServer) {
    this.server = make(this);
  }

  readonly server: ApiServer;

  static async start(
    settings: Partial<ApiSettings> = {},
    limits: Partial<ApiLimits> = {},
    logger: Logger = silentLogger,
  ): Promise<ApiRig> {
    const rig = new ApiRig((self) =>
      createApiServer({ ...SETTINGS, ...settings }, self.parts(logger), { ...API_LIMITS, ...limits }),
    );
    rig.url = await rig.server.listen();
    return rig;
  }

  private parts(logger: Logger) {
    return {
      write: async (body: Buffer, cluster: string | undefined) => {
        this.writes.push({ body, cluster });
        await this.onWrite();
      },
      query: async (body: Buffer) => {
        this.queries.push(body.toString());
        return this.onQuery();
      },
      stats: () => STATS,
      isReady: () => this.isReady,
      logger,
      clock: this.clock,
    };
  }

  post(path: string, body: string | Buffer, headers: Record<string, string> = {}): Promise<Response> {
    return fetch(this.url + path, { method: 'POST', body, headers });
  }

  /** A bare connection. */
  async connect(): Promise<Wire> {
    const { hostname, port } = new URL(this.url);
    const socket = connect(Number(port), hostname.replaceAll(/[[\]]/g, ''));
    this.sockets.push(socket);
    const wire = new Wire(socket);
    await once(socket, 'connect');
    return wire;
  }

  /** Sends text as it is, and resolves with all that comes until the server closes. */
  async exchange(text: string): Promise<string> {
    const wire = await this.connect();
    wire.send(text);
    return wire.closed;
  }

  async end(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await this.server.close();
  }
}

export class Wire {
  received = '';
  /** All that came, when the server has closed. */
  readonly closed: Promise<string>;

  constructor(readonly socket: Socket) {
    socket.setEncoding('latin1').on('data', (text: string) => (this.received += text));
    socket.on('error', () => {});
    this.closed = new Promise((resolve) => socket.once('close', () => resolve(this.received)));
  }

  send(text: string): void {
    this.socket.write(text, 'latin1');
  }

  /** As `send`; resolves when the system has taken it all, and rejects when the connection is cut before. */
  async sent(text: string): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.socket.write(text, 'latin1', (error) => (error ? reject(error) : resolve()));
    });
  }
}
