import type { RecordPlace, StoredRecord } from '../record/index.js';
import {
  bytesOf,
  StorageUnavailable,
  type EventReader,
  type PageBounds,
  type Selection,
} from '../storage/index.js';
import { BadQuery } from './bad-query.js';
import { entryCount, expandQuery, MAX_ENTRIES, queriesOfHosts } from './expand-query.js';
import type { QueryRequest, RecordQuery } from './query-request.js';
import { datumOf, echoOf, type QueryEntry, type QueryResponse } from './query-response.js';
import { cursorOf } from './record-cursor.js';

/** How much one answer may hold. */
export interface QueryBounds {
  /** All records together, roughly; entries that come after have no data, but a `next`. */
  readonly maxBytes: number;
  /** What is fetched at a time. */
  readonly page: PageBounds;
}

export const QUERY_BOUNDS: QueryBounds = {
  maxBytes: 32 * 1_048_576,
  page: { limit: 5_000, maxBytes: 4 * 1_048_576 },
};

/** What a record costs beside its texts, roughly. */
const RECORD_BYTES = 64;

/**
 * Answers a query: for each of its queries a list with an entry for each pair of ids. What goes wrong with one entry is
 * said in that entry. Throws `BadQuery` when there would be too many entries, and `StorageUnavailable` when it cannot be
 * known which hosts there are.
 */
export async function answerQuery(
  request: QueryRequest,
  reader: EventReader,
  bounds: QueryBounds = QUERY_BOUNDS,
): Promise<QueryResponse> {
  const isForAll = request.forAllNodes.length > 0;
  const hosts = isForAll ? await reader.hosts(request.cluster) : [];
  const queries = [...request.queries, ...queriesOfHosts(request, hosts)];
  const count = queries.reduce((sum, query) => sum + entryCount(query), 0);
  if (count > MAX_ENTRIES)
    throw new BadQuery(`the answer would have ${count} entries, more than ${MAX_ENTRIES}`);
  const answer = new Answer(request, reader, bounds);
  const results: (readonly QueryEntry[])[] = [];
  for (const query of queries) results.push(await answer.entriesOf(query));
  return isForAll ? { queries: queries.map(echoOf), results } : { results };
}

class Answer {
  private bytes = 0;

  constructor(
    private readonly request: QueryRequest,
    private readonly reader: EventReader,
    private readonly bounds: QueryBounds,
  ) {}

  async entriesOf(query: RecordQuery): Promise<QueryEntry[]> {
    const entries: QueryEntry[] = [];
    for (const selection of expandQuery(this.request, query))
      entries.push(await this.entry(selection, query.limit));
    return entries;
  }

  private async entry(selection: Selection, limit: number): Promise<QueryEntry> {
    const { from, to, details } = this.request;
    try {
      const { records, next } = await this.read(selection, limit);
      return {
        ...(records.length === 0 ? {} : { data: records.map((record) => datumOf(record, details)) }),
        from,
        to,
        ...(next === undefined ? {} : { next: cursorOf(next) }),
      };
    } catch (error) {
      // A fault of ours is not the client's to read.
      if (!(error instanceof StorageUnavailable || error instanceof BadQuery)) throw error;
      return { error: error.message, from, to };
    }
  }

  /** The records of a selection, as far as there is room; `next` is after them when there are more. */
  private async read(
    selection: Selection,
    limit: number,
  ): Promise<{ readonly records: readonly StoredRecord[]; readonly next: RecordPlace | undefined }> {
    const records: StoredRecord[] = [];
    let after: RecordPlace | undefined = selection.after;
    for (let room = this.room(limit); ;) {
      const page = await this.reader.select({ ...selection, after }, room);
      records.push(...page.records);
      for (const record of page.records) this.bytes += bytesOf(record) + RECORD_BYTES;
      after = page.records.at(-1) ?? after;
      if (!page.hasMore) return { records, next: undefined };
      room = this.room(limit - records.length);
      if (room.limit === 0) return { records, next: after ?? before(selection) };
    }
  }

  /** For the next page, of so many records at most. When there is none it is only asked whether there are any. */
  private room(limit: number): PageBounds {
    const { maxBytes, page } = this.bounds;
    const left = maxBytes - this.bytes;
    if (left <= 0) return { limit: 0, maxBytes: 1 };
    return { limit: Math.min(limit, page.limit), maxBytes: Math.min(left, page.maxBytes) };
  }
}

/** Before everything that is selected. */
const before = ({ fromMs }: Selection): RecordPlace => ({ timeMs: fromMs, id: 0 });
