import { z } from 'zod';
import type { DetectionDefaults } from '../detection/index.js';
import { parseDurationMs } from '../domain/index.js';
import { networks, origins } from './http-settings.js';

const DAY_MS = 24 * 3_600_000;
/** Nodes that are polled less often are not watched. */
const MAX_POLL_INTERVAL_MS = DAY_MS;
/** Who wants fewer posts wants a filter. */
const MAX_PACE_MS = 3_600_000;
/** Ten years: so long before now there is still a date. */
const MAX_DURATION_MS = 3_650 * DAY_MS;

const duration = z.string().transform((text, context) => {
  const ms = parseDurationMs(text);
  if (ms !== undefined) return ms;
  context.addIssue({ code: 'custom', message: 'must be a duration: 500ms, 30s, 5m, 1h or 2d' });
  return z.NEVER;
});
const durationUpTo = (maxMs: number) =>
  duration
    .refine((ms) => ms >= 100, 'must be at least 100ms')
    .refine((ms) => ms <= maxMs, `must be at most ${maxMs / DAY_MS}d`);
const pollInterval = durationUpTo(MAX_POLL_INTERVAL_MS);
const number = (minimum: number, maximum: number) => {
  const message = `must be a number from ${minimum} to ${maximum}`;
  return z.coerce.number(message).min(minimum, message).max(maximum, message);
};
const mebibytes = number(8, 65_536).int('must be a whole number of MiB');
const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
const url = z.url({ protocol: /^https?$/, message: 'must be an http(s) URL' });
const secretKey = z
  .string()
  .refine((text) => Buffer.from(text, 'base64').length === 32, 'must be 32 bytes in base64');
const secretKeys = z
  .string()
  .transform((list) => list.split(',').flatMap((item) => item.trim() || []))
  .refine(
    (items) => items.every((item) => secretKey.safeParse(item).success),
    'must be keys of 32 bytes in base64, with commas between',
  );
const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;
/** An issuer is who its certificate says it is; only on this machine it may do without. */
const issuer = z.string().refine((text) => {
  const found = URL.parse(text);
  if (found === null || found.search !== '' || found.hash !== '') return false;
  return found.protocol === 'https:' || (found.protocol === 'http:' && LOOPBACK.test(found.hostname));
}, 'must be an https URL without query and fragment (http only at localhost)');

/** One environment variable: how it is read, what it is when unset, and what it does (a cell of the README's table). */
export interface SettingDefinition {
  readonly schema: z.ZodType;
  readonly default?: string;
  readonly what: string;
}

const setting = <Schema extends z.ZodType>(schema: Schema, what: string, fallback?: string) => ({
  schema,
  what,
  ...(fallback === undefined ? {} : { default: fallback }),
});

/** Every setting but those of the detectors. Durations come out in milliseconds. */
export const SETTINGS = {
  PORT: setting(
    number(0, 65_535).int('must be a whole number'),
    'Port of the API; 0 takes any free one',
    '8080',
  ),
  HOST: setting(z.string().min(1), 'Address the API listens on', '127.0.0.1'),
  DATABASE_URL: setting(
    z
      .string()
      .regex(/^postgres(ql)?:\/\//, 'must begin with postgres://')
      .optional(),
    'PostgreSQL 14 or newer; unset, an embedded PostgreSQL runs in the data directory',
  ),
  REDIS_URL: setting(
    z
      .string()
      .regex(/^rediss?:\/\//, 'must begin with redis:// or rediss://')
      .optional(),
    'Redis for the queues; unset, they live in PostgreSQL',
  ),
  LOG_LEVEL: setting(
    z.enum(LOG_LEVELS, `must be one of ${LOG_LEVELS.join(', ')}`),
    'Least level that is logged',
    'info',
  ),
  SPILLWAY_DATA_DIR: setting(
    z.string().min(1),
    'Directory of the embedded database and of generated keys',
    './data',
  ),
  SPILLWAY_SECRET_KEY: setting(
    secretKey.optional(),
    'Key that encrypts credentials: 32 bytes, base64; with the embedded database one is generated when unset',
  ),
  SPILLWAY_SECRET_KEY_PREVIOUS: setting(
    secretKeys,
    'Earlier secret keys, with commas between: they only open what they once encrypted, until `npm run secrets:rotate` has run',
    '',
  ),
  SPILLWAY_OIDC_ISSUER: setting(
    issuer.optional(),
    'OpenID Connect issuer whose access tokens are accepted beside our own, exactly as it calls itself in its discovery document',
  ),
  SPILLWAY_OIDC_AUDIENCE: setting(
    z.string().min(1).optional(),
    "What the `aud` of that issuer's tokens must contain; needed with the issuer",
  ),
  SPILLWAY_SECRET_KEY_LOST: setting(
    z.enum(['true', 'false'], 'must be true or false').transform((text) => text === 'true'),
    'Starts although nothing in the database opens with the key: credentials have to be entered anew',
    'false',
  ),
  SPILLWAY_PUBLIC_URL: setting(url.optional(), 'Where people reach this hub; shown at its start'),
  SPILLWAY_CORS_ORIGINS: setting(
    origins,
    'Web origins whose pages may call the API from a browser, with commas between; none by default',
    '',
  ),
  SPILLWAY_TRUSTED_PROXIES: setting(
    networks,
    "Addresses and CIDRs of reverse proxies whose X-Forwarded-For is believed, with commas between; unset, a caller's address is the connection's",
    '',
  ),
  SPILLWAY_BOOTSTRAP_TOKEN: setting(
    z.string().min(16, 'must have at least 16 characters').optional(),
    "The first admin's refresh token, for automation; unset, one is made and shown once",
  ),
  SPILLWAY_SLACK_UPDATE_INTERVAL: setting(
    durationUpTo(MAX_DURATION_MS),
    "Least time between two updates of an open issue's message",
    '5m',
  ),
  SPILLWAY_SLACK_POST_INTERVAL: setting(
    duration.refine((ms) => ms <= MAX_PACE_MS, 'must be at most 1h'),
    'Least time between two posts to one Slack channel (Slack allows about one a second); 0s posts as fast as it goes',
    '1200ms',
  ),
  SPILLWAY_SLACK_UPDATES_PER_MINUTE: setting(
    number(0, 10_000).int('must be a whole number'),
    'How many updates of messages one Slack token makes in a minute, all channels together (Slack allows 50); 0 for no limit',
    '40',
  ),
  SPILLWAY_GOSSIP_INTERVAL: setting(
    pollInterval,
    'How often gossip and health of every node are polled',
    '30s',
  ),
  SPILLWAY_HOST_INTERVAL: setting(pollInterval, 'How often host figures of every node are polled', '15s'),
  SPILLWAY_LOGS_INTERVAL: setting(
    pollInterval,
    'How often the log files of nodes are read on over HTTP, where the registration of a cluster asks for it',
    '30s',
  ),
  SPILLWAY_RETENTION: setting(
    durationUpTo(MAX_DURATION_MS),
    'How long what was seen of clusters is kept, and logs, metrics and events',
    '48h',
  ),
  SPILLWAY_EGRESS_DENY: setting(
    z.string().transform((list) =>
      list
        .split(',')
        .map((item) => item.trim())
        .filter((item) => item !== ''),
    ),
    'Further networks that node addresses may not point to, as CIDRs with commas between',
    '',
  ),
  SLACK_API_URL: setting(url.optional(), "Slack's API elsewhere than at the vendor's, e.g. the sandbox's"),
  OPSGENIE_API_URL: setting(
    url.optional(),
    "OpsGenie's API elsewhere than at https://api.opsgenie.com, e.g. the sandbox's",
  ),
  AWS_ENDPOINT_URL_CLOUDWATCH_LOGS: setting(
    url.optional(),
    "CloudWatch Logs elsewhere than at the region's own host, e.g. the sandbox's",
  ),
  AWS_ENDPOINT_URL_CLOUDWATCH: setting(
    url.optional(),
    "CloudWatch Metrics elsewhere than at the region's own host, e.g. the sandbox's",
  ),
  AWS_ENDPOINT_URL_STS: setting(
    url.optional(),
    "STS, where roles are assumed, elsewhere than at the region's own host, e.g. the sandbox's",
  ),
  SPILLWAY_INGEST_MEMORY: setting(
    mebibytes,
    'How many MiB of logs and metrics may wait to be stored in one process; beyond that senders are asked to come again',
    '64',
  ),
  SPILLWAY_STREAM_MEMORY: setting(
    mebibytes,
    'How many MiB of logs and metrics one process holds at once while it delivers them, however much there is to deliver',
    '64',
  ),
} as const satisfies Record<string, SettingDefinition>;

/** The settings as the program uses them. Durations are in milliseconds. */
export type Settings = {
  readonly [Name in keyof typeof SETTINGS]: z.output<(typeof SETTINGS)[Name]['schema']>;
} & {
  /** Thresholds and windows of the detectors, from variables that they declare themselves. */
  readonly detection: DetectionDefaults;
};
