import { setTimeout as pause } from 'node:timers/promises';
import type { NatsConnection as Connected } from '@nats-io/transport-node';
import type { NatsConnection } from '../arguments/connection.js';
import type { Reading } from '../arguments/query-arguments.js';
import type { Datum } from '../http/query-client.js';
import { Printer } from '../output/printer.js';
import { Failed, type Terminal } from '../terminal.js';
import { connectOnce, isUnwelcome, natsReason } from './connect.js';
import { receivedData } from './received.js';

const PAUSE_MS = 1_000;
/** Messages that wait to be printed, where the reader of the output is slow. */
const MAX_WAITING = 100_000;

/**
 * Prints what comes on a subject, until the terminal's signal aborts or `limit` are printed. Connects again whenever the
 * connection breaks; what is published meanwhile is not seen. Throws `Failed` when the server does not want us.
 */
export async function listen(
  connection: NatsConnection,
  reading: Reading,
  terminal: Terminal,
): Promise<void> {
  const listener = new Listener(connection, reading, terminal);
  for (let said = ''; listener.left > 0;) {
    try {
      await listener.hear();
      said = '';
    } catch (error) {
      if (error instanceof Failed) throw error;
      const reason = natsReason(connection.server, error);
      if (isUnwelcome(error)) throw new Failed(reason, { cause: error });
      if (reason !== said) terminal.say(`${reason} Trying again.`);
      said = reason;
    }
    if (listener.left > 0) await pause(PAUSE_MS, undefined, { signal: terminal.signal });
  }
}

class Listener {
  left: number;
  private readonly printer: Printer;
  private waiting: Datum[] = [];
  private lost = 0;

  constructor(
    private readonly connection: NatsConnection,
    private readonly reading: Reading,
    private readonly terminal: Terminal,
  ) {
    this.left = reading.limit;
    this.printer = new Printer(terminal, reading.isJson);
  }

  /** One connection, to its end. Throws what it ended with. */
  async hear(): Promise<void> {
    const connection = await connectOnce(this.connection);
    const close = (): void => void connection.close();
    this.terminal.signal.addEventListener('abort', close);
    try {
      await this.follow(connection);
    } finally {
      this.terminal.signal.removeEventListener('abort', close);
      await connection.close();
    }
  }

  private async follow(connection: Connected): Promise<void> {
    const { subject } = this.connection;
    let wake = (): void => undefined;
    let ending: Error | 'ended' | undefined;
    const subscription = connection.subscribe(subject, {
      callback: (error, message) => {
        if (error === null) this.take(Buffer.from(message.data), message.subject);
        wake();
      },
    });
    const watch = async (): Promise<void> => {
      const reason = await Promise.race([subscription.closed, connection.closed()]);
      ending = reason instanceof Error ? reason : 'ended';
      wake();
    };
    void watch();
    await connection.flush();
    if (ending === undefined) this.terminal.say(`Listening to ${subject} on ${this.connection.server}.`);
    while (this.left > 0) {
      await this.print();
      if (ending instanceof Error) throw ending;
      if (ending !== undefined || this.left === 0) return;
      if (this.waiting.length === 0) await new Promise<void>((resolve) => (wake = resolve));
    }
  }

  private take(body: Buffer, subject: string): void {
    const data = receivedData(body, subject, this.reading.filter, Date.now());
    const room = MAX_WAITING - this.waiting.length;
    this.waiting.push(...data.slice(0, room));
    this.lost += Math.max(0, data.length - room);
  }

  private async print(): Promise<void> {
    const data = this.waiting.slice(0, this.left);
    this.waiting = [];
    this.left -= data.length;
    await this.printer.print(data);
    if (this.lost > 0)
      this.terminal.say(`${this.lost} messages came faster than they could be printed, and are left out.`);
    this.lost = 0;
  }
}
