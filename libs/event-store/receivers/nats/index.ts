import type { ReceiverKind } from '../receiver.js';
import { NatsReceiver } from './nats-receiver.js';
import { natsSchema, type NatsSettings } from './nats.schema.js';

/**
 * Receives lines of a NATS subject: each message is one or more lines. Plain subjects come at most once, as NATS delivers
 * them: what is published while there is no connection is not seen. With `jetstream` every message of the stream is stored
 * at least once.
 */
export const natsReceiver: ReceiverKind<NatsSettings> = {
  type: 'nats',
  schema: natsSchema,
  create: (settings, parts) => new NatsReceiver(settings, parts),
};
