import { setTimeout as pause } from 'node:timers/promises';
import type { NatsConnection as Connected } from '@nats-io/transport-node';
import type { NatsConnection } from '../arguments/connection.js';
import { Failed, type Terminal } from '../terminal.js';
import { connectOnce, isUnwelcome, natsReason } from './connect.js';

const PAUSE_MS = 500;

/** Publishes lines, each as a message of its own. Whether anybody listens to the subject NATS does not say. */
export class Publisher {
  private connection: Connected | undefined;
  /** What the server said against what was published. */
  private objection: Error | undefined;

  constructor(
    private readonly settings: NatsConnection,
    private readonly terminal: Terminal,
  ) {}

  /** Resolves when the server has them all. Throws `Failed`. */
  async send(lines: readonly string[]): Promise<void> {
    this.connection ??= await this.connect();
    const { subject } = this.settings;
    const most = this.connection.info?.max_payload ?? Infinity;
    const bodies = lines.map((line) => Buffer.from(line));
    if (bodies.some(({ length }) => length > most))
      throw new Failed(`A message is longer than the ${most} bytes that the server takes.`);
    try {
      for (const body of bodies) this.connection.publish(subject, body);
      await this.connection.flush();
      // An objection comes before the answer to that, but is heard a moment later.
      await new Promise((resolve) => setImmediate(resolve));
    } catch (error) {
      const doubt = 'It is not known what of it arrived.';
      throw new Failed(`${natsReason(this.settings.server, error)} ${doubt}`, { cause: error });
    }
    if (this.objection !== undefined)
      throw new Failed(`The server does not let this user publish on ${subject}.`, { cause: this.objection });
  }

  async close(): Promise<void> {
    await this.connection?.close();
  }

  private async connect(): Promise<Connected> {
    const { settings, terminal } = this;
    const deadline = performance.now() + settings.timeoutMs;
    for (let isSaid = false; ; isSaid = true) {
      try {
        const connection = await connectOnce(settings);
        void this.watch(connection);
        return connection;
      } catch (error) {
        if (error instanceof Failed) throw error;
        const reason = natsReason(settings.server, error);
        if (isUnwelcome(error) || performance.now() + PAUSE_MS >= deadline)
          throw new Failed(reason, { cause: error });
        if (!isSaid) terminal.say(`${reason} Trying again.`);
        await pause(PAUSE_MS, undefined, { signal: terminal.signal });
      }
    }
  }

  private async watch(connection: Connected): Promise<void> {
    for await (const status of connection.status())
      if (status.type === 'error') this.objection = status.error;
  }
}
