import {
  AckPolicy,
  DeliverPolicy,
  JetStreamApiCodes,
  JetStreamApiError,
  jetstream,
  jetstreamManager,
  type Consumer,
  type ConsumerInfo,
  type JetStreamManager,
  type JsMsg,
} from '@nats-io/jetstream';
import { millis, nanos, type NatsConnection } from '@nats-io/transport-node';
import { HeldMessages } from './held-messages.js';
import type { MessagePump } from './message-pump.js';
import type { Session } from './nats-link.js';
import type { JetStreamSettings, NatsSettings } from './nats.schema.js';

export interface JetStreamParts {
  readonly settings: NatsSettings;
  readonly jetStream: JetStreamSettings;
  readonly pump: MessagePump;
  readonly held: HeldMessages;
}

const MAX_BATCH_MESSAGES = 256;
const BATCH_EXPIRES_MS = 30_000;

/** Takes in the messages of a stream by a durable consumer. Each is acknowledged when it is stored, and not before. */
export class JetStreamSession implements Session {
  constructor(private readonly parts: JetStreamParts) {}

  async run(connection: NatsConnection, ready: () => void, over: AbortSignal): Promise<void> {
    const { pump, held, jetStream, settings } = this.parts;
    const info = await this.consumerInfo(await jetstreamManager(connection));
    const consumer = await jetstream(connection).consumers.get(jetStream.stream, jetStream.durable);
    held.attach(connection, millis(info.config.ack_wait ?? nanos(jetStream.ack_wait)));
    ready();
    // A batch of the largest messages fits into the half that is free.
    const room = settings.max_pending_bytes / 2;
    const most = Math.floor(room / (connection.info?.max_payload ?? room));
    const messages = Math.max(1, Math.min(MAX_BATCH_MESSAGES, most));
    while (!over.aborted) {
      await pump.below(room, over);
      if (!over.aborted) await this.takeBatch(consumer, messages, over);
    }
  }

  private async takeBatch(consumer: Consumer, messages: number, over: AbortSignal): Promise<void> {
    const batch = await consumer.fetch({ max_messages: messages, expires: BATCH_EXPIRES_MS });
    const stop = (): void => batch.stop();
    over.addEventListener('abort', stop);
    try {
      if (over.aborted) stop();
      for await (const message of batch) this.take(message);
    } finally {
      over.removeEventListener('abort', stop);
    }
  }

  private take(message: JsMsg): void {
    const { subject, data, seq, info } = message;
    // Missing in the types of the library.
    const { reply } = message as JsMsg & { readonly reply: string };
    const { held, pump } = this.parts;
    const key = `${seq}@${info.timestampNanos}`;
    if (!held.add(key, reply)) return;
    const body = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
    const isTaken = pump.offer({ subject, body, settle: (fate) => held.settle(key, fate) });
    if (!isTaken) held.settle(key, 'left');
  }

  private async consumerInfo({ consumers }: JetStreamManager): Promise<ConsumerInfo> {
    const { stream, durable, ack_wait, max_ack_pending } = this.parts.jetStream;
    try {
      const info = await consumers.info(stream, durable);
      if (info.config.ack_policy === AckPolicy.Explicit && info.config.deliver_subject === undefined)
        return info;
    } catch (error) {
      if (!(error instanceof JetStreamApiError) || error.code !== JetStreamApiCodes.ConsumerNotFound)
        throw error;
      return consumers.add(stream, {
        durable_name: durable,
        ack_policy: AckPolicy.Explicit,
        deliver_policy: DeliverPolicy.All,
        filter_subject: this.parts.settings.subject,
        ack_wait: nanos(ack_wait),
        ...(max_ack_pending === undefined ? {} : { max_ack_pending }),
      });
    }
    throw new Error(`the consumer "${durable}" is not one to pull from with explicit acknowledgement`);
  }
}
