import { readConnection, type Connection } from './connection.js';
import { MOMENTS, readMoment } from './moment.js';
import type { Options } from './options.js';
import { readReading, type Reading } from './query-arguments.js';

export interface TailSettings extends Reading {
  readonly connection: Connection;
  /** Messages since then come first, in milliseconds since 1970; undefined: only what comes from now on. */
  readonly fromMs: number | undefined;
  readonly intervalMs: number;
  /** How much later than its own time a message may be stored, and is shown all the same. */
  readonly overlapMs: number;
}

const INTERVAL_MS = 2_000;
const OVERLAP_MS = 60_000;

/** Throws `BadUsage`. */
export function readTail(options: Options, nowMs: number): TailSettings {
  const connection = readConnection(options);
  const fromMs = options.read('from', (text) => readMoment(text, nowMs), MOMENTS);
  if (fromMs !== undefined && connection.kind === 'nats')
    options.refuse('NATS knows nothing of what was sent before: --from needs --url.');
  const settings: TailSettings = {
    ...readReading(options, connection),
    connection,
    fromMs,
    intervalMs: options.duration('interval', INTERVAL_MS, 10),
    overlapMs: options.duration('overlap', OVERLAP_MS, 1_000),
  };
  options.conclude();
  return settings;
}
