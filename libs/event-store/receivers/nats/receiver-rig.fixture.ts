import { Writable } from 'node:stream';
import { pino } from 'pino';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import { ManualClock, waitUntil } from '../../../testing/index.js';
import { forEachReadablePoint, type LineProtocolError } from '../../line-protocol/index.js';
import { EventStoreStats, type StatsView } from '../../stats/index.js';
import type { LineOptions, ReceiverIntake } from '../receiver.js';
import { NatsReceiver } from './nats-receiver.js';
import { natsSchema } from './nats.schema.js';
import { NATS_TIMING, type NatsTiming } from './timing.js';

/** Reads lines as the true one does and keeps their payloads in memory; fails and waits as a test wants it to. */
export class FakeIntake implements ReceiverIntake {
  /** Payloads of what is durable, in their order. */
  readonly stored: string[] = [];
  readonly options: LineOptions[] = [];
  mostUnderWay = 0;
  calls = 0;
  /** Decides about a body, perhaps later; throws what the intake is to throw. */
  before: (body: string) => void | Promise<void> = () => undefined;
  private underWay = 0;

  async writeReadable(body: Buffer, options: LineOptions): Promise<readonly LineProtocolError[]> {
    this.calls += 1;
    const payloads: string[] = [];
    const { errors } = forEachReadablePoint(body, { nowMs: Date.now() }, (point) => {
      payloads.push(String(point.fields.get('event')));
      return undefined;
    });
    this.mostUnderWay = Math.max(this.mostUnderWay, (this.underWay += 1));
    try {
      await this.before(body.toString());
    } finally {
      this.underWay -= 1;
    }
    this.options.push(options);
    for (const payload of payloads) this.stored.push(payload);
    return errors;
  }

  write(): Promise<void> {
    throw new Error('A NATS receiver does not refuse a whole message.');
  }

  writePoints(): Promise<void> {
    throw new Error('A NATS receiver has no points.');
  }
}

export interface LogLine {
  readonly level: number;
  readonly event: string;
  readonly [member: string]: unknown;
}

/** Short waits, so that no test takes long; the proportions are those of the true ones. */
export const HASTY: NatsTiming = {
  ...NATS_TIMING,
  reconnectMs: { base: 10, cap: 50 },
  storeAgainMs: { base: 2, cap: 20 },
  graceMs: 5_000,
};

/** A receiver with a fake intake, and its log. */
export class ReceiverRig {
  readonly intake = new FakeIntake();
  readonly log: LogLine[] = [];
  readonly receiver: NatsReceiver;
  private readonly stats = new EventStoreStats();
  private isStarted = false;

  constructor(configuration: object, timing: Partial<NatsTiming> = {}) {
    const output = new Writable({
      write: (chunk, _encoding, done) => {
        this.log.push(JSON.parse(String(chunk)) as LogLine);
        done();
      },
    });
    this.receiver = new NatsReceiver(
      natsSchema.parse(configuration),
      {
        name: 'bus',
        intake: this.intake,
        process: undefined,
        logger: pino({ base: null }, output),
        clock: new ManualClock(),
        stats: this.stats,
      },
      { ...HASTY, ...timing },
    );
  }

  /** What it has counted. */
  get counted(): StatsView['manager'] {
    return this.stats.view({ retention_time: '24h', flush_time: '1s', backend_type: 'sqlite' }).manager;
  }

  logged(event: string): LogLine[] {
    return this.log.filter((line) => line.event === event);
  }

  async start(): Promise<void> {
    this.isStarted = true;
    await this.receiver.start();
  }

  /** Starts it when nobody has, and waits until it has begun to take messages in for so many times. */
  async connected(times = 1): Promise<void> {
    if (!this.isStarted) await this.start();
    await waitUntil(() => this.logged('nats.connected').length >= times, {
      timeoutMs: 10_000,
      what: `connection ${times} to be ready`,
    });
  }

  async hasStored(count: number): Promise<void> {
    await waitUntil(() => this.intake.stored.length >= count, {
      timeoutMs: 20_000,
      what: `${count} payloads to be stored, not ${this.intake.stored.length}`,
    });
  }
}

/** A line of line protocol with this payload. */
export const lineOf = (payload: string): string => `job,cluster=alex event="${payload}" 1735689600\n`;

/** Calls with a connection of a sender; everything that was published has reached the server when it resolves. */
export async function publishing(
  options: { readonly servers: string; readonly user?: string; readonly pass?: string },
  publish: (sender: NatsConnection) => void,
): Promise<void> {
  const sender = await connect(options);
  try {
    publish(sender);
    await sender.flush();
  } finally {
    await sender.close();
  }
}
