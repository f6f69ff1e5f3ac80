import type { Selection } from '../storage/index.js';
import type { QueryRequest, RecordQuery } from './query-request.js';

/** Entries of all queries together: each is a question to the database. */
export const MAX_ENTRIES = 20_000;

type Ids = readonly (string | undefined)[];

const orAny = (ids: readonly string[]): Ids => (ids.length === 0 ? [undefined] : ids);

/** How many entries a query has. */
export const entryCount = ({ typeIds, subtypeIds }: RecordQuery): number =>
  Math.max(1, typeIds.length) * Math.max(1, subtypeIds.length);

/** What each entry of a query selects: one for each pair of a type's id and a subtype's, in their order, and at least one. */
export function expandQuery(request: QueryRequest, query: RecordQuery): Selection[] {
  const { cluster, from, to, details } = request;
  return orAny(query.typeIds).flatMap((typeId) =>
    orAny(query.subtypeIds).map((stypeId) => ({
      kind: query.kind,
      cluster,
      name: query.event,
      hostname: query.host,
      type: query.type,
      typeId,
      stype: query.subtype,
      stypeId,
      fromMs: from * 1_000,
      // The whole of the last second.
      toMs: to * 1_000 + 999,
      after: query.after,
      isBrief: !details,
    })),
  );
}

/** A query for each event that is asked for of all nodes, and each of these hosts. */
export const queriesOfHosts = (
  { forAllNodes, limit }: QueryRequest,
  hosts: readonly string[],
): RecordQuery[] =>
  hosts.flatMap((host) =>
    forAllNodes.map((event) => ({
      kind: 'event' as const,
      event: event === '' ? undefined : event,
      host,
      type: undefined,
      typeIds: [],
      subtype: undefined,
      subtypeIds: [],
      limit,
      after: undefined,
    })),
  );
