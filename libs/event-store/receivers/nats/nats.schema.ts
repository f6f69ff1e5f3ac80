import { z } from 'zod';
import { goDuration } from '../../configuration/go-duration.js';

const MEBIBYTE = 1_048_576;

/** The original takes an empty text for none. */
const optionalText = z
  .string()
  .optional()
  .transform((text) => (text === '' ? undefined : text));

const wholeNumber = (least: number, most: number) =>
  z
    .union([
      z.int(),
      z
        .string()
        .regex(/^\d{1,15}$/, 'must be a whole number')
        .transform(Number),
    ])
    .refine((number) => number >= least && number <= most, `must be from ${least} to ${most}`);

/** Tokens of any characters but blanks; `*` stands for one token, `>` for all that follow. */
const SUBJECT = /^(?!.*>.)(?:[^\s.>]+\.)*(?:[^\s.>]+|>)$/u;
/** As JetStream allows for streams and consumers. */
const NAME = /^[^\s.*>/\\]{1,255}$/u;

const jetStreamSchema = z.object({
  /** A stream that is there. */
  stream: z.string().regex(NAME, 'must be the name of a stream'),
  /** The durable consumer; made when it is missing. */
  durable: z.string().regex(NAME, 'must be the name of a consumer'),
  /** How long the server waits for a sign of life before it delivers a message again. Of a consumer that is made. */
  ack_wait: goDuration.refine((durationMs) => durationMs >= 1_000, 'must be at least "1s"').default(30_000),
  /** How many messages may be without acknowledgement at a time. Of a consumer that is made; the server's default is 1000. */
  max_ack_pending: wholeNumber(1, 1_000_000).optional(),
});

/** Keys of a `nats` receiver. `cluster`, `queue`, `tls`, `jetstream` and `max_pending_bytes` are ours, the others the original's. */
export const natsSchema = z
  .object({
    address: z.string().min(1).default('localhost'),
    port: wholeNumber(1, 65_535).default(4222),
    /** With its wildcards; with `jetstream` it filters the stream. */
    subject: z.string().regex(SUBJECT, 'must be a NATS subject, such as "jobs" or "*.events.>"'),
    user: optionalText,
    password: optionalText,
    /** A `.creds` file, read for each connection; not used when there are `user` and `password`. */
    nkey_file: optionalText,
    /** Of lines that name none. */
    cluster: optionalText,
    /** The members of a queue group share the messages. */
    queue: optionalText,
    /** Whether the connection must be encrypted; with the file of the authority that vouches for the server. */
    tls: z.union([z.boolean(), z.object({ ca: optionalText })]).default(false),
    jetstream: jetStreamSchema.optional(),
    /** Of messages that wait to be stored; what comes beyond it is lost (or, with `jetstream`, waits at the server). */
    max_pending_bytes: wholeNumber(65_536, 4_096 * MEBIBYTE).default(64 * MEBIBYTE),
  })
  .refine(({ user, password }) => (user === undefined) === (password === undefined), {
    error: 'needs both user and password, or neither',
    path: ['user'],
  })
  .refine(({ queue, jetstream }) => queue === undefined || jetstream === undefined, {
    error: 'does not go with jetstream: receivers share messages by the same durable',
    path: ['queue'],
  });

export type NatsSettings = z.output<typeof natsSchema>;
export type JetStreamSettings = NonNullable<NatsSettings['jetstream']>;
