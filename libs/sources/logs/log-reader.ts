import { Problem, type Clock, Places } from '../../domain/index.js';
import type {
  Database,
  LinePlace,
  LineRange,
  LogHeadStore,
  LogReadStore,
  StoredLine,
} from '../../persistence/index.js';
import { cursorText } from './log-cursor.js';
import type { LogQuery } from './logs.schema.js';
import { unknownCluster } from './unknown-cluster.js';

/** A page of a log, newest first. */
export interface LogPage {
  readonly lines: readonly StoredLine[];
  /** What to ask for with `?cursor=` to go on; null when everything was looked through. */
  readonly next: string | null;
}

/** How much one question may cost. */
export interface ReadBounds {
  /** Lines that are looked through at once: at first, and at most. */
  readonly firstSlice: number;
  readonly maxSlice: number;
  /** Lines that are looked through for one answer. */
  readonly maxLines: number;
  /** No slice is begun later than this. */
  readonly enoughMs: number;
  /** A slice of very long lines is given up after so long. */
  readonly statementMs: number;
  /** Text in one answer, but for its last line. */
  readonly maxBytes: number;
}

export const READ_BOUNDS: ReadBounds = {
  firstSlice: 200,
  maxSlice: 25_000,
  maxLines: 250_000,
  enoughMs: 1_000,
  statementMs: 5_000,
  maxBytes: 4 * 1_048_576,
};

const HOUR_MS = 3_600_000;
/** A slice that took less is followed by a larger one. */
const SHORT_MS = 150;
const GROWTH = 5;
/** Questions that look through lines at the same time: others need the database, too. */
const AT_ONCE = 3;

export interface LogReaderParts {
  readonly database: Database;
  readonly heads: LogHeadStore;
  readonly store: LogReadStore;
  readonly clock: Clock;
  readonly bounds: ReadBounds;
}

/** What is left of a question. */
interface Search {
  readonly streamId: number;
  readonly query: LogQuery;
  readonly fromMs: number;
  readonly found: StoredLine[];
  /** The next line to be looked at comes after it. */
  place: LinePlace;
  bytes: number;
}

/** Reads the logs of clusters page by page. A question that finds little ends early, with a `next` to go on from. */
export class LogReader {
  private readonly places = new Places(AT_ONCE);

  constructor(private readonly parts: LogReaderParts) {}

  /** Throws a 404 `Problem` when the project has no such cluster. */
  async page(projectId: string, cluster: string, query: LogQuery): Promise<LogPage> {
    const { database, heads, clock } = this.parts;
    const { isKnown, head } = await heads.find(database, { projectId, cluster });
    if (!isKnown) throw unknownCluster();
    if (!head) return { lines: [], next: null };
    const toMs = query.to ?? clock.now().getTime();
    const fromMs = query.from ?? query.cursor?.fromMs ?? toMs - HOUR_MS;
    const place = earlier({ timeMs: toMs + 1, seq: 0 }, query.cursor);
    const search = { streamId: head.streamId, query, fromMs, found: [], place, bytes: 0 };
    await this.places.take();
    try {
      return await this.search(search);
    } finally {
      this.places.giveBack();
    }
  }

  private async search(search: Search): Promise<LogPage> {
    const { firstSlice, maxSlice, maxLines, enoughMs } = this.parts.bounds;
    const { query, found, fromMs } = search;
    const { level, node, q } = query;
    const isFiltered = level !== undefined || node !== undefined || q !== undefined;
    const begunAt = performance.now();
    let largest = maxSlice;
    let slice = isFiltered ? firstSlice : undefined;
    for (let looked = 0; ;) {
      const sliceBegunAt = performance.now();
      const end = await this.look(search, slice).catch(unlessTooLong);
      if (end === 'too long') {
        if (slice === undefined || slice <= firstSlice) throw tooMuchText();
        slice = largest = firstSlice;
        continue;
      }
      if (end === 'full') return { lines: found, next: cursorText({ ...search.place, fromMs }) };
      if (end === 'all' || slice === undefined) return { lines: found, next: null };
      looked += slice;
      const now = performance.now();
      if (looked >= maxLines || now - begunAt >= enoughMs)
        return { lines: found, next: cursorText({ ...search.place, fromMs }) };
      if (now - sliceBegunAt < SHORT_MS) slice = Math.min(slice * GROWTH, largest);
    }
  }

  /** Looks through so many lines, or without a number for as many as the page has room for. */
  private async look(search: Search, slice: number | undefined): Promise<'full' | 'all' | 'goes on'> {
    const { database, store, bounds } = this.parts;
    const { streamId, query, fromMs, found } = search;
    const range: LineRange = { before: search.place, fromMs };
    const room = { limit: query.limit - found.length, maxBytes: bounds.maxBytes - search.bytes };
    const { edge, lines, isCut } = await database.transaction(async (tx) => {
      await tx.query(`SET LOCAL statement_timeout = ${bounds.statementMs}`);
      // First where the slice ends: lines that come in meanwhile must not move its end past what was looked at.
      const from = slice === undefined ? undefined : await store.edge(tx, streamId, range, slice);
      return { edge: from, ...(await store.lines(tx, streamId, { ...range, from }, query, room)) };
    });
    found.push(...lines);
    for (const { body } of lines) search.bytes += Buffer.byteLength(body);
    search.place = (isCut ? lines.at(-1) : edge) ?? search.place;
    if (isCut) return 'full';
    return edge === undefined ? 'all' : 'goes on';
  }
}

const earlier = (place: LinePlace, other: LinePlace | undefined): LinePlace =>
  other && (other.timeMs < place.timeMs || (other.timeMs === place.timeMs && other.seq < place.seq))
    ? other
    : place;

const tooMuchText = (): Problem =>
  new Problem(
    503,
    'Service Unavailable',
    'The lines there are too long to be looked through in time: ask for a shorter time.',
  );

const TIMED_OUT = '57014';

function unlessTooLong(error: unknown): 'too long' {
  if (error instanceof Error && (error as { code?: unknown }).code === TIMED_OUT) return 'too long';
  throw error;
}
