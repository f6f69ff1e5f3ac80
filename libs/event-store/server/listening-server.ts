import { lookup } from 'node:dns/promises';
import type { Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';
import type { ApiLimits } from './api-limits.js';
import type { ApiServer, ApiSettings } from './api-parts.js';

/** Whether a server is being closed; requests that come then are refused. */
export interface Closing {
  hasBegun: boolean;
}

const EVERY_INTERFACE = '::';
const EVERY_INTERFACE_IPV4 = '0.0.0.0';

/** Opens and closes the port. */
export class ListeningServer implements ApiServer {
  /** How many requests of each connection are not answered entirely. */
  private readonly unanswered = new Map<Socket, number>();
  private closed: Promise<void> | undefined;

  constructor(
    private readonly app: FastifyInstance,
    private readonly settings: ApiSettings,
    private readonly limits: ApiLimits,
    private readonly closing: Closing,
  ) {
    const { server } = app;
    server.on('connection', (socket) => {
      this.unanswered.set(socket, 0);
      socket.once('close', () => this.unanswered.delete(socket));
    });
    server.on('request', ({ socket }, response) => {
      this.count(socket, 1);
      response.once('close', () => this.count(socket, -1));
    });
    // Node takes a connection for idle whose answer is made but not sent yet, and for busy one that never said anything.
    server.closeIdleConnections = () => this.closeIdleConnections();
  }

  async listen(): Promise<string> {
    const { address, port } = this.settings;
    try {
      if (address === '') return await this.listenEverywhere();
      const { address: host } = await lookup(address, { order: 'ipv4first' });
      return await this.app.listen({ host, port });
    } catch (error) {
      const where = `${address === '' ? 'all interfaces' : `address ${address}`}, port ${port}`;
      throw new Error(`The API cannot listen on ${where}: ${reasonOf(error)}.`, { cause: error });
    }
  }

  close(): Promise<void> {
    this.closed ??= this.closeOnce();
    return this.closed;
  }

  private async listenEverywhere(): Promise<string> {
    const { port } = this.settings;
    try {
      return await this.app.listen({ host: EVERY_INTERFACE, port });
    } catch (error) {
      if (!['EAFNOSUPPORT', 'EADDRNOTAVAIL'].includes(codeOf(error))) throw error;
      return this.app.listen({ host: EVERY_INTERFACE_IPV4, port });
    }
  }

  private async closeOnce(): Promise<void> {
    this.closing.hasBegun = true;
    const end = setTimeout(() => this.app.server.closeAllConnections(), this.limits.graceMs);
    try {
      // Closes idle connections at once.
      await this.app.close();
    } finally {
      clearTimeout(end);
    }
  }

  private closeIdleConnections(): void {
    for (const [socket, count] of this.unanswered) if (count === 0) socket.destroySoon();
  }

  private count(socket: Socket, by: 1 | -1): void {
    const count = this.unanswered.get(socket);
    if (count === undefined) return;
    this.unanswered.set(socket, count + by);
    if (this.closing.hasBegun && count + by === 0) socket.destroySoon();
  }
}

const codeOf = (error: unknown): string => (error as NodeJS.ErrnoException).code ?? '';

function reasonOf(error: unknown): string {
  switch (codeOf(error)) {
    case 'EADDRINUSE':
      return 'something else listens on it already';
    case 'EADDRNOTAVAIL':
      return 'this machine has no such address';
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return 'there is no such address';
    case 'EACCES':
      return 'this user may not open that port';
    default:
      return error instanceof Error ? error.message : String(error);
  }
}
