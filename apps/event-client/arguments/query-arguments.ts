import { readConnection, type Connection, type HttpConnection } from './connection.js';
import { MOMENTS, readMoment } from './moment.js';
import type { Options } from './options.js';

/** Which messages are wanted; what is absent does not restrict. */
export interface Filter {
  readonly kind: 'event' | 'log';
  readonly cluster: string | undefined;
  readonly name: string | undefined;
  readonly host: string | undefined;
  readonly type: string | undefined;
  readonly typeId: string | undefined;
  readonly stype: string | undefined;
  readonly stypeId: string | undefined;
}

export interface Reading {
  readonly filter: Filter;
  /** Messages at the most. */
  readonly limit: number;
  readonly isJson: boolean;
}

export interface QuerySettings extends Reading {
  readonly connection: HttpConnection;
  /** In milliseconds since 1970, both included. */
  readonly fromMs: number;
  readonly toMs: number;
}

const DEFAULT_FROM_MS = 3_600_000;

/** Throws `BadUsage`. */
export function readQuery(options: Options, nowMs: number): QuerySettings {
  const connection = readConnection(options);
  if (connection.kind === 'nats')
    options.refuse('What was sent over NATS cannot be queried there: query the event store by --url.');
  const fromMs = options.read('from', (text) => readMoment(text, nowMs), MOMENTS) ?? nowMs - DEFAULT_FROM_MS;
  const toMs = options.read('to', (text) => readMoment(text, nowMs), MOMENTS) ?? nowMs;
  if (fromMs > toMs) options.refuse('--from is after --to.');
  const reading = readReading(options, connection);
  options.conclude();
  return { ...reading, connection: connection as HttpConnection, fromMs, toMs };
}

/** What queries and tails have in common. Problems are noted. */
export function readReading(options: Options, connection: Connection): Reading {
  if (options.positionals.length > 0)
    options.refuse(
      `${JSON.stringify(options.positionals[0])} is no option; --name, --host and others say what is wanted.`,
    );
  const cluster = options.text('cluster');
  if (cluster === undefined && connection.kind === 'http')
    options.refuse('--cluster (or SPILLWAY_EVENT_CLUSTER) is needed.');
  const kind = options.read(
    'kind',
    (text) => (text === 'event' || text === 'log' ? text : undefined),
    'event or log',
  );
  const limit = options.read(
    'limit',
    (text) => (/^[1-9]\d{0,14}$/.test(text) ? Number(text) : undefined),
    'a number from 1 on',
  );
  return {
    filter: {
      kind: kind ?? 'event',
      cluster,
      name: options.text('name'),
      host: options.text('host'),
      type: options.text('type'),
      typeId: options.text('type-id'),
      stype: options.text('stype'),
      stypeId: options.text('stype-id'),
    },
    limit: limit ?? Infinity,
    isJson: options.flag('json'),
  };
}
