import type { StoredRecord } from '../record/index.js';
import type { RecordQuery } from './query-request.js';

/** One record, with the names of the original. */
export interface Datum extends Partial<Details> {
  /** Payload of an event. */
  readonly Event?: string;
  /** Text of a log line. */
  readonly Log?: string;
  /** In seconds since 1970. */
  readonly timestamp: number;
}

/** What an entry says more of a record when `details` are asked for. */
interface Details {
  readonly name: string;
  readonly hostname: string;
  readonly type: string;
  readonly 'type-id': string;
  readonly stype: string;
  readonly 'stype-id': string;
  readonly tags: unknown;
  readonly fields: unknown;
  /** RFC 3339, with milliseconds. */
  readonly time: string;
}

/** What one selection found: by time, and in the order of storage within a time. */
export interface QueryEntry {
  /** Absent when nothing was found. */
  readonly data?: readonly Datum[];
  /** Why nothing can be said of this one. */
  readonly error?: string;
  readonly from: number;
  readonly to: number;
  /** There is more: ask again for this entry alone with it as `cursor`. */
  readonly next?: string;
}

export interface QueryResponse {
  /** All queries with those made for all nodes, when there are any. */
  readonly queries?: readonly Readonly<Record<string, unknown>>[];
  /** For each query the list of its entries. */
  readonly results: readonly (readonly QueryEntry[])[];
}

export function datumOf(record: StoredRecord, hasDetails: boolean): Datum {
  const { kind, payload, timeMs } = record;
  const datum = {
    ...(kind === 'event' ? { Event: payload } : { Log: payload }),
    timestamp: Math.floor(timeMs / 1_000),
  };
  return hasDetails ? { ...datum, ...detailsOf(record) } : datum;
}

function detailsOf(record: StoredRecord): Partial<Details> {
  const { name, hostname, type, typeId, stype, stypeId, tags, fields, timeMs } = record;
  return {
    name,
    ...(hostname === '' ? {} : { hostname }),
    ...(type === null ? {} : { type }),
    ...(typeId === null ? {} : { 'type-id': typeId }),
    ...(stype === null ? {} : { stype }),
    ...(stypeId === null ? {} : { 'stype-id': stypeId }),
    ...(tags === null ? {} : { tags: JSON.parse(tags) as unknown }),
    ...(fields === null ? {} : { fields: JSON.parse(fields) as unknown }),
    time: new Date(timeMs).toISOString(),
  };
}

/** A query as a client would write it. */
export function echoOf(query: RecordQuery): Readonly<Record<string, unknown>> {
  const { kind, event, host, type, typeIds, subtype, subtypeIds } = query;
  return {
    ...(kind === 'event' ? {} : { kind }),
    event: event ?? '',
    host: host ?? '',
    ...(type === undefined ? {} : { type }),
    ...(typeIds.length === 0 ? {} : { 'type-ids': typeIds }),
    ...(subtype === undefined ? {} : { subtype }),
    ...(subtypeIds.length === 0 ? {} : { 'subtype-ids': subtypeIds }),
  };
}
