import type { Msg, NatsConnection } from '@nats-io/transport-node';
import type { MessagePump } from './message-pump.js';
import type { Session } from './nats-link.js';
import type { NatsSettings } from './nats.schema.js';
import { atMost, orAborted } from './waiting.js';

export interface SubscriptionParts {
  readonly settings: NatsSettings;
  readonly pump: MessagePump;
  /** Told of each message that there is no room for. */
  readonly onDropped: (subject: string) => void;
  readonly drainMs: number;
}

/** Takes in the messages of a plain subject. Nobody can be asked for them again, nor to wait: they are held or lost. */
export class SubscriptionSession implements Session {
  constructor(private readonly parts: SubscriptionParts) {}

  async run(connection: NatsConnection, ready: () => void, over: AbortSignal): Promise<void> {
    const { subject, queue } = this.parts.settings;
    const subscription = connection.subscribe(subject, {
      ...(queue === undefined ? {} : { queue }),
      // An error is told by `closed`, too.
      callback: (error, message) => {
        if (error === null) this.take(message);
      },
    });
    const ended = rejectedBy(subscription.closed);
    // The answer comes after the server's objection, if it has one.
    await orAborted(Promise.race([connection.flush(), ended]), over);
    if (!over.aborted && !subscription.isClosed()) ready();
    await orAborted(ended, over);
    if (!connection.isClosed() && !subscription.isClosed())
      await atMost(this.parts.drainMs, subscription.drain());
  }

  /** Must not throw: the library would stop reading. */
  private take({ subject, data }: Msg): void {
    const body = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
    if (!this.parts.pump.offer({ subject, body })) this.parts.onDropped(subject);
  }
}

async function rejectedBy(closed: Promise<void | Error>): Promise<void> {
  const reason = await closed;
  if (reason instanceof Error) throw reason;
}
