import { hostname } from 'node:os';
import {
  encodePoint,
  isPlausibleTime,
  type FieldValue,
} from '../../../libs/event-store/line-protocol/index.js';
import { readConnection, type Connection } from './connection.js';
import { MOMENTS, readMoment } from './moment.js';
import type { Options } from './options.js';

/** Everything of a message but its payload. */
export interface Envelope {
  readonly kind: 'event' | 'log';
  readonly name: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly fields: Readonly<Record<string, FieldValue>>;
  /** In milliseconds since 1970; undefined: when it is sent. */
  readonly timeMs: number | undefined;
}

export interface SendSettings {
  readonly connection: Connection;
  readonly cluster: string | undefined;
  readonly envelope: Envelope;
  /** A payload, standard input as one, or each line of it as one. */
  readonly payload: { readonly text: string } | 'input' | 'lines';
}

/** Of cc-event-client. */
const DEFAULT_NAME = 'myevent';
const LEVELS = ['debug', 'info', 'warn', 'error'];
const OWN_TAGS = ['cluster', 'hostname', 'type', 'type-id', 'stype', 'stype-id'] as const;

/** Throws `BadUsage`. */
export function readSend(options: Options, nowMs: number): SendSettings {
  const settings: SendSettings = {
    connection: readConnection(options),
    cluster: options.text('cluster'),
    envelope: readEnvelope(options, nowMs),
    payload: readPayload(options),
  };
  options.conclude();
  return settings;
}

/** A message as a line of line protocol. Throws a `RangeError` for what that cannot carry. */
export const lineOf = (
  { kind, name, tags, fields, timeMs }: Envelope,
  payload: string,
  nowMs: number,
): string => encodePoint({ name, tags, fields: { [kind]: payload, ...fields }, timeMs: timeMs ?? nowMs });

function readEnvelope(options: Options, nowMs: number): Envelope {
  const kind = options.flag('log') ? 'log' : 'event';
  const level = options.read('level', (text) => LEVELS.find((known) => known === text), LEVELS.join(', '));
  if (level !== undefined && kind === 'event') options.refuse('--level is of log lines: it needs --log.');
  const timeMs = options.read('time', (text) => readMoment(text, nowMs), MOMENTS);
  if (timeMs !== undefined && !isPlausibleTime(timeMs, nowMs))
    options.refuse(
      '--time is before 2000 or more than a day ahead: the time of arrival would be taken in its place.',
    );
  const own = OWN_TAGS.map(
    (key) => [key, options.text(key) ?? (key === 'hostname' ? hostname() : '')] as const,
  );
  const pairs = options.texts('tag').flatMap((text) => pairOf(text, 'tag', options));
  const tags = new Map([...own, ...(level === undefined ? [] : [['loglevel', level] as const]), ...pairs]);
  const envelope: Envelope = {
    kind,
    name: options.text('name') ?? DEFAULT_NAME,
    tags: Object.fromEntries([...tags].sort(([one], [other]) => (one < other ? -1 : 1))),
    fields: Object.fromEntries(
      options
        .texts('field')
        .flatMap((text) => pairOf(text, 'field', options).map(([key, value]) => [key, valueOf(value)])),
    ),
    timeMs,
  };
  for (const key of ['event', 'log'])
    if (Object.hasOwn(envelope.fields, key)) options.refuse(`--field ${key}=… is what the payload is for.`);
  tryOut(envelope, options);
  return envelope;
}

function tryOut(envelope: Envelope, options: Options): void {
  try {
    lineOf(envelope, '', 0);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    options.refuse(`${error.message}: it is in the name, a tag or a field.`);
  }
}

function pairOf(text: string, option: 'tag' | 'field', options: Options): [string, string][] {
  const at = text.indexOf('=');
  if (at > 0) return [[text.slice(0, at), text.slice(at + 1)]];
  options.refuse(`--${option} must be key=value, not ${JSON.stringify(text)}.`);
  return [];
}

/** As line protocol has them: `3i`, `1.5`, `true`; anything else is a text, as are numbers with more digits than are exact. */
function valueOf(text: string): FieldValue {
  if (/^-?\d{1,18}i$/.test(text)) return BigInt(text.slice(0, -1));
  if (/^-?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/.test(text) && text.length <= 15) {
    const value = Number(text);
    if (Number.isFinite(value)) return value;
  }
  return text === 'true' ? true : text === 'false' ? false : text;
}

function readPayload(options: Options): SendSettings['payload'] {
  const [payload, more] = options.positionals;
  if (more !== undefined) options.refuse('There is more than one payload: put quotes around it.');
  if (options.flag('lines')) {
    if (payload !== undefined && payload !== '-')
      options.refuse('--lines reads standard input: it takes no payload.');
    return 'lines';
  }
  if (payload === undefined) options.refuse('A payload is missing; - stands for standard input.');
  return payload === '-' ? 'input' : { text: payload ?? '' };
}
