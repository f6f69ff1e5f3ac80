import type { Point } from '../line-protocol/index.js';
import type { RecordKind } from './event-record.js';

/** Points that are read and not stored. */
export type OtherKind = 'metric' | 'control' | 'other';

/** The payload of an event or a log line, and which of them it is. */
export interface Payload {
  readonly kind: RecordKind;
  readonly text: string;
}

/** What a point carries to be stored: an event comes before a log line, as cc-event-store has it. Undefined when it is neither. */
export function payloadOf({ fields }: Point): Payload | undefined {
  const event = fields.get('event');
  if (typeof event === 'string') return { kind: 'event', text: event };
  const log = fields.get('log');
  return typeof log === 'string' ? { kind: 'log', text: log } : undefined;
}

/** What a point is that is neither event nor log line. */
export function otherKindOf({ series, fields }: Point): OtherKind {
  const method = series.tags.get('method');
  if (typeof fields.get('control') === 'string' && (method === 'GET' || method === 'PUT')) return 'control';
  const value = fields.get('value');
  return value !== undefined && typeof value !== 'string' ? 'metric' : 'other';
}
