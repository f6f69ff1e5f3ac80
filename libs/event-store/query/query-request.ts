import { RECORD_KINDS, type RecordKind, type RecordPlace } from '../record/index.js';
import { BadQuery } from './bad-query.js';
import { firstObject, membersOf, unparsable, type Members } from './go-json.js';
import { readCursor } from './record-cursor.js';

/** One of `queries`. What is absent, null or an empty text does not restrict. */
export interface RecordQuery {
  readonly kind: RecordKind;
  /** Name of the message, not its payload. */
  readonly event: string | undefined;
  readonly host: string | undefined;
  readonly type: string | undefined;
  readonly typeIds: readonly string[];
  readonly subtype: string | undefined;
  readonly subtypeIds: readonly string[];
  /** Records of each entry at most; what is beyond comes with its `next`. */
  readonly limit: number;
  readonly after: RecordPlace | undefined;
}

/** What `/api/query/` is asked. */
export interface QueryRequest {
  readonly cluster: string;
  /** Both included, in seconds since 1970. */
  readonly from: number;
  readonly to: number;
  readonly queries: readonly RecordQuery[];
  /** Events that are asked for of every host that the cluster has. */
  readonly forAllNodes: readonly string[];
  /** Whether entries say more of each record than the original's. */
  readonly details: boolean;
  readonly limit: number;
}

/** The original has no limit: a client that knows none gets all that one answer can reasonably hold. */
export const MAX_LIMIT = 100_000;
const MAX_QUERIES = 10_000;
const MAX_IDS = 10_000;

/**
 * Reads the JSON body of a query by the rules of the original: names of members in any case, unknown ones ignored. Throws
 * `BadQuery`, whose message names the member.
 */
export function readQueryRequest(body: Buffer, nowMs: number): QueryRequest {
  const members = firstObject(body);
  const request: QueryRequest = {
    cluster: text(members, 'cluster') ?? '',
    from: seconds(members, 'from') ?? 0,
    // A client in Go sends 0 for what nobody set.
    to: seconds(members, 'to') || Math.floor(nowMs / 1_000),
    queries: [],
    forAllNodes: texts(members, 'for-all-nodes'),
    details: flag(members, 'details'),
    limit: limitOf(members) ?? MAX_LIMIT,
  };
  const queries = list(members, 'queries').map((query, index) => readQuery(query, index, request.limit));
  if (request.from > request.to) throw new BadQuery('"from" is after "to"');
  if (queries.length > MAX_QUERIES) throw new BadQuery(`there are more than ${MAX_QUERIES} "queries"`);
  if (request.cluster === '' && (queries.length > 0 || request.forAllNodes.length > 0))
    throw new BadQuery('"cluster" is missing');
  return { ...request, queries };
}

function readQuery(value: unknown, index: number, limit: number): RecordQuery {
  const members = membersOf(value, `queries[${index}]`);
  const kind = text(members, 'kind') ?? 'event';
  if (!isKind(kind)) throw unparsable(`queries[${index}].kind is neither "event" nor "log"`);
  const cursor = text(members, 'cursor');
  const after = cursor === undefined ? undefined : readCursor(cursor);
  if (cursor !== undefined && !after) throw unparsable(`queries[${index}].cursor is none of this API's`);
  return {
    kind,
    event: text(members, 'event'),
    host: text(members, 'host'),
    type: text(members, 'type'),
    typeIds: texts(members, 'type-ids'),
    subtype: text(members, 'subtype'),
    subtypeIds: texts(members, 'subtype-ids'),
    limit: limitOf(members) ?? limit,
    after,
  };
}

const isKind = (kind: string): kind is RecordKind => (RECORD_KINDS as readonly string[]).includes(kind);

function text(members: Members, name: string): string | undefined {
  const value = members.get(name) ?? undefined;
  if (value === undefined) return undefined;
  if (typeof value !== 'string') throw unparsable(`"${name}" is no text`);
  return value === '' ? undefined : withoutNul(value, name);
}

function flag(members: Members, name: string): boolean {
  const value = members.get(name) ?? false;
  if (typeof value !== 'boolean') throw unparsable(`"${name}" is neither true nor false`);
  return value;
}

function list(members: Members, name: string): readonly unknown[] {
  const value = members.get(name) ?? [];
  if (!Array.isArray(value)) throw unparsable(`"${name}" is no list`);
  return value as unknown[];
}

function texts(members: Members, name: string): string[] {
  const values = list(members, name);
  if (values.length > MAX_IDS) throw new BadQuery(`"${name}" has more than ${MAX_IDS} members`);
  return values.map((value) => {
    if (typeof value !== 'string') throw unparsable(`"${name}" holds something that is no text`);
    return withoutNul(value, name);
  });
}

/** Nothing that is stored has a NUL, and PostgreSQL takes none. */
function withoutNul(value: string, name: string): string {
  if (value.includes('\0')) throw unparsable(`"${name}" holds a NUL`);
  return value;
}

function seconds(members: Members, name: string): number | undefined {
  const value = members.get(name) ?? undefined;
  if (value === undefined) return undefined;
  if (typeof value !== 'number' || !Number.isSafeInteger(value * 1_000))
    throw unparsable(`"${name}" is no whole number of seconds since 1970`);
  if (!Number.isInteger(value)) throw unparsable(`"${name}" is no whole number of seconds since 1970`);
  return value;
}

function limitOf(members: Members): number | undefined {
  const value = members.get('limit') ?? undefined;
  if (value === undefined) return undefined;
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 1)
    throw unparsable('"limit" is no whole number from 1 on');
  return Math.min(value, MAX_LIMIT);
}
