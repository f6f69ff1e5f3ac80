import { setTimeout as pause } from 'node:timers/promises';
import {
  AuthorizationError,
  connect,
  PermissionViolationError,
  UserAuthenticationExpiredError,
  type NatsConnection,
} from '@nats-io/transport-node';
import type { Logger } from '../../../observability/logging/index.js';
import { connectionOptions, serverOf } from './connection-options.js';
import type { NatsSettings } from './nats.schema.js';
import { backoffMs, type NatsTiming } from './timing.js';
import { atMost, orAborted } from './waiting.js';

/** What is done with a connection. */
export interface Session {
  /**
   * Takes messages in until `over` aborts: the connection is lost, or no more is wanted. Calls `ready` once it does. Throws
   * when there is no way to take any in.
   */
  run(connection: NatsConnection, ready: () => void, over: AbortSignal): Promise<void>;
}

export interface NatsLinkParts {
  readonly name: string;
  readonly settings: NatsSettings;
  readonly session: Session;
  readonly logger: Logger;
  readonly timing: NatsTiming;
}

/** The server is there, and does not let us in: another try helps only when somebody changes something. */
const REFUSALS = [AuthorizationError, PermissionViolationError, UserAuthenticationExpiredError];
const MAX_KNOWN_SERVERS = 50;

/**
 * Keeps a connection for as long as it is wanted: connects again and again, whatever the reason, also the first time and
 * when the server does not accept the credentials. (The library's own reconnecting gives no reasons, and its first
 * connection cannot be called off.) Says in the log when it is connected, when it no longer is, and now and then why not.
 */
export class NatsLink {
  private readonly stopping = new AbortController();
  private running: Promise<void> = Promise.resolve();
  private connection: NatsConnection | undefined;
  /** Other servers of the cluster, as the last connection named them. */
  private known: readonly string[] = [];
  private said = { event: '', atMs: -Infinity };

  constructor(private readonly parts: NatsLinkParts) {}

  start(): void {
    this.running = this.run();
  }

  /** Ends the session; the connection stays, so that what was taken in can be acknowledged. */
  async stopSession(): Promise<void> {
    this.stopping.abort();
    await this.running;
  }

  /** Sends what is to be sent, and closes the connection. */
  async close(): Promise<void> {
    const { connection } = this;
    this.connection = undefined;
    if (connection === undefined || connection.isClosed()) return;
    await atMost(this.parts.timing.drainMs, connection.drain());
    await connection.close();
  }

  private async run(): Promise<void> {
    const { reconnectMs } = this.parts.timing;
    const { signal } = this.stopping;
    for (let failures = 0; !signal.aborted;) {
      const startedAtMs = performance.now();
      let wasReady = false;
      try {
        await this.live(() => (wasReady = true));
      } catch (error) {
        // A connection that breaks as soon as it is made must not be made in great haste.
        const wasGood = wasReady && performance.now() - startedAtMs > reconnectMs.cap;
        failures = wasGood ? 1 : failures + 1;
        this.noteAway(error, wasReady);
        await pause(backoffMs(failures, reconnectMs), undefined, { signal }).catch(() => undefined);
      }
    }
  }

  /** One connection from its beginning to its end. Resolves only when no more is wanted. */
  private async live(ready: () => void): Promise<void> {
    const connection = await this.connect();
    if (connection === undefined) return;
    this.connection = connection;
    const over = new AbortController();
    const end = (): void => over.abort();
    const closed = connection.closed().finally(end);
    this.stopping.signal.addEventListener('abort', end);
    try {
      if (!this.stopping.signal.aborted)
        await this.parts.session.run(connection, () => this.noteReady(connection, ready), over.signal);
      if (!this.stopping.signal.aborted)
        throw (await closed) ?? new Error('the server closed the connection');
    } catch (error) {
      if (this.stopping.signal.aborted) return;
      await connection.close();
      throw error;
    } finally {
      this.stopping.signal.removeEventListener('abort', end);
      this.known = connection.info?.connect_urls?.slice(0, MAX_KNOWN_SERVERS) ?? this.known;
    }
  }

  private async connect(): Promise<NatsConnection | undefined> {
    const { name, settings } = this.parts;
    const { signal } = this.stopping;
    const options = await connectionOptions(name, settings);
    const servers = [...new Set([serverOf(settings), ...this.known])];
    const connecting = connect({ ...options, servers });
    await orAborted(connecting, signal);
    if (!signal.aborted) return connecting;
    connecting.then(
      (connection) => connection.close(),
      () => undefined,
    );
    return undefined;
  }

  private noteReady(connection: NatsConnection, ready: () => void): void {
    ready();
    this.said = { event: '', atMs: -Infinity };
    const { subject } = this.parts.settings;
    this.parts.logger.info({ event: 'nats.connected', server: connection.getServer(), subject });
  }

  private noteAway(error: unknown, wasReady: boolean): void {
    const { logger, settings, timing } = this.parts;
    const line = {
      server: serverOf(settings),
      subject: settings.subject,
      reason: error instanceof Error ? error.message : String(error),
    };
    if (wasReady) return logger.warn({ event: 'nats.disconnected', ...line });
    const isRefused = REFUSALS.some((kind) => error instanceof kind);
    const event = isRefused ? 'nats.refused' : 'nats.unreachable';
    const nowMs = performance.now();
    if (event === this.said.event && nowMs - this.said.atMs < timing.repeatedAfterMs) return;
    this.said = { event, atMs: nowMs };
    logger.warn({ event, ...line });
  }
}
