import type { RecordPlace, StoredRecord } from '../record/index.js';
import { StorageUnavailable, type EventReader, type Selection } from '../storage/index.js';
import { BadQuery } from './bad-query.js';
import { entryCount, expandQuery, MAX_ENTRIES, queriesOfHosts } from './expand-query.js';
import type { QueryRequest, RecordQuery } from './query-request.js';
import { datumOf, echoOf, type QueryEntry, type QueryResponse } from './query-response.js';
import { cursorOf } from './record-cursor.js';

/** How much one answer may hold. */
export interface QueryBounds {
  /** Characters of all records together, roughly; entries that come after have no data, but a `next`. */
  readonly maxCharacters: number;
  /** Records that are fetched at a time: at first, when nobody knows how long they are, and at most. */
  readonly firstPage: number;
  readonly maxPage: number;
}

export const QUERY_BOUNDS: QueryBounds = { maxCharacters: 32 * 1_048_576, firstPage: 100, maxPage: 5_000 };

/** So much of a page is fetched at a time, if its records are as long as those before. */
const PAGE_CHARACTERS = 4 * 1_048_576;

/** What a record costs beside its payload, roughly. */
const RECORD_CHARACTERS = 64;

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
  private characters = 0;
  private found = 0;

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
    for (;;) {
      const isFull = records.length === limit || this.characters >= this.bounds.maxCharacters;
      const wanted = isFull ? 1 : Math.min(this.pageSize(), limit - records.length);
      const page = await this.reader.select({ ...selection, after }, wanted);
      // One more was looked for, only to know whether there is any.
      if (isFull) return { records, next: page.length === 0 ? undefined : (after ?? before(selection)) };
      records.push(...page);
      this.found += page.length;
      for (const record of page) this.characters += charactersOf(record);
      const last = page.at(-1);
      if (last === undefined || page.length < wanted) return { records, next: undefined };
      after = last;
    }
  }

  private pageSize(): number {
    const { firstPage, maxPage } = this.bounds;
    if (this.found === 0) return firstPage;
    return Math.min(maxPage, Math.max(1, Math.floor((PAGE_CHARACTERS * this.found) / this.characters)));
  }
}

/** Before everything that is selected. */
const before = ({ fromMs }: Selection): RecordPlace => ({ timeMs: fromMs, id: 0 });

const charactersOf = ({ payload, tags, fields }: StoredRecord): number =>
  payload.length + (tags?.length ?? 0) + (fields?.length ?? 0) + RECORD_CHARACTERS;
