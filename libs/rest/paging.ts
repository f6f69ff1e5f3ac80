import { z } from 'zod';
import { ID_PATTERN } from '../domain/index.js';

const DEFAULT_LIMIT = 50;
const MAX_LIMIT = 200;
/** What fits into an `integer` of PostgreSQL. */
const MAX_INTEGER = 2_147_483_647;

const pageSize = z.coerce.number().int().min(1).max(MAX_LIMIT);
const cursor = z.string().regex(ID_PATTERN, 'must be the `next` of an earlier page');

/** `?limit=` (1 to 200, 50 when absent) and `?after=`, the `next` of the page before. */
export const pageQuery = z.object({
  limit: pageSize.default(DEFAULT_LIMIT).describe('How many items at most, 1 to 200'),
  after: cursor.optional().describe('The `next` of the page before'),
});
export type PageQuery = z.output<typeof pageQuery>;

/** As `pageQuery`, for lists of Event Store Cloud, whose clients ask for no page and expect everything. */
export const openPageQuery = z.object({
  limit: pageSize.optional().describe('How many items at most, 1 to 200; everything when absent'),
  after: cursor.optional().describe('The `next` of the page before'),
});
export type OpenPageQuery = z.output<typeof openPageQuery>;

/** As `pageQuery`, for lists whose cursor is a number. */
export const numberedPageQuery = z.object({
  limit: pageSize.default(DEFAULT_LIMIT).describe('How many items at most, 1 to 200'),
  after: z.coerce.number().int().min(0).max(MAX_INTEGER).optional().describe('The `next` of the page before'),
});

export type NumberedPageQuery = z.output<typeof numberedPageQuery>;

/** One page of a list. */
export interface Page<Item> {
  readonly items: Item[];
  /** What to ask for with `?after=` to go on; null on the last page. */
  readonly next: string | null;
}

/**
 * Makes a page of what a query returned that asked for one row more than `limit`: the row too many tells that there
 * is a next page.
 */
export function pageOf<Item>(
  rows: readonly Item[],
  limit: number,
  cursorOf: (item: Item) => string,
): Page<Item> {
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  return { items, next: rows.length > limit && last !== undefined ? cursorOf(last) : null };
}

/** As `pageOf` by id, for `openPageQuery`: without a limit all rows and no `next`, so that the shape stays the vendor's. */
export function openPage<Item extends { readonly id: string }>(
  rows: readonly Item[],
  query: OpenPageQuery,
): { items: readonly Item[]; next?: string | null } {
  return query.limit === undefined ? { items: rows } : pageOf(rows, query.limit, ({ id }) => id);
}
