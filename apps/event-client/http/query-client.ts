import { z } from 'zod';
import type { HttpConnection } from '../arguments/connection.js';
import type { Filter } from '../arguments/query-arguments.js';
import { Failed, type Terminal } from '../terminal.js';
import { harmless } from './reason.js';
import { Server } from './server.js';

/** Passed on as it is: a tag may be called anything. */
const object = z.custom<Readonly<Record<string, unknown>>>(
  (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
);

const datum = z.looseObject({
  Event: z.string().optional(),
  Log: z.string().optional(),
  timestamp: z.number(),
  name: z.string().optional(),
  hostname: z.string().optional(),
  type: z.string().optional(),
  'type-id': z.string().optional(),
  stype: z.string().optional(),
  'stype-id': z.string().optional(),
  tags: object.optional(),
  fields: object.optional(),
  time: z.string().optional(),
});
/** A message, as a query answers it. */
export type Datum = z.output<typeof datum>;

const response = z.object({
  results: z
    .array(
      z.array(
        z.object({
          data: z.array(datum).nullish(),
          error: z.string().optional(),
          next: z.string().optional(),
        }),
      ),
    )
    .nullish(),
});

/** From the first second to the last, both included, in seconds since 1970. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

const PAGE = 1_000;

/** Asks an event store or a hub for messages. */
export class QueryClient {
  /** By how much the server's clock is ahead of this machine's, in milliseconds, as its last answer says. */
  clockAheadMs = 0;
  private readonly server: Server;

  constructor(connection: HttpConnection, terminal: Terminal) {
    this.server = new Server(connection, terminal);
  }

  /** All messages of a span, page by page, oldest first; `limit` of them at the most. Throws `Failed`. */
  async *pages(filter: Filter, span: Span, limit: number): AsyncGenerator<readonly Datum[]> {
    let cursor: string | undefined;
    for (let left = limit; left > 0;) {
      const { data, next } = await this.page(filter, span, Math.min(left, PAGE), cursor);
      if (data.length > 0) yield data;
      left -= data.length;
      if (next === undefined) return;
      if (next === cursor)
        throw new Failed('The answers do not get any further: this is no event store of ours.');
      cursor = next;
    }
  }

  private async page(
    filter: Filter,
    span: Span,
    limit: number,
    cursor: string | undefined,
  ): Promise<{ readonly data: readonly Datum[]; readonly next: string | undefined }> {
    const query = { ...queryOf(filter), limit, ...(cursor === undefined ? {} : { cursor }) };
    const body = { cluster: filter.cluster, ...span, details: true, queries: [query] };
    const { text, dateMs } = await this.server.ask({
      path: 'api/query/',
      contentType: 'application/json',
      body: JSON.stringify(body),
    });
    if (dateMs !== undefined) this.clockAheadMs = dateMs - Date.now();
    const entry = read(text)?.results?.[0]?.[0];
    if (entry === undefined)
      throw new Failed('The answer is no answer to a query: is --url that of an event store?');
    if (entry.error !== undefined)
      throw new Failed(`The event store cannot answer: ${harmless(entry.error)}`);
    return { data: entry.data ?? [], next: entry.next };
  }
}

function queryOf({
  kind,
  name,
  host,
  type,
  typeId,
  stype,
  stypeId,
}: Filter): Readonly<Record<string, unknown>> {
  return {
    kind,
    ...(name === undefined ? {} : { event: name }),
    ...(host === undefined ? {} : { host }),
    ...(type === undefined ? {} : { type }),
    ...(typeId === undefined ? {} : { 'type-ids': [typeId] }),
    ...(stype === undefined ? {} : { subtype: stype }),
    ...(stypeId === undefined ? {} : { 'subtype-ids': [stypeId] }),
  };
}

function read(text: string): z.output<typeof response> | undefined {
  try {
    return response.parse(JSON.parse(text));
  } catch {
    // Whatever it is, it is no answer.
    return undefined;
  }
}
