import { LOG_LEVELS, type LogLevel, type StreamEntry } from '../../domain/index.js';
import type { Queryable } from '../database.js';
import { Conditions } from './delivery-filter.js';
import { entryOf } from './stream-entry.store.js';

/** A line of a log, and when it was accepted. */
export interface StoredLine extends StreamEntry {
  readonly acceptedMs: number;
}

/** A place between the lines of a log as they are read: newest first by their own time, and by number within a time. */
export interface LinePlace {
  readonly timeMs: number;
  readonly seq: number;
}

/** Lines before a place; from another place and from a time on, both included. */
export interface LineRange {
  readonly before: LinePlace;
  readonly from?: LinePlace | undefined;
  readonly fromMs: number;
}

/** Which lines are wanted; what is absent does not restrict. */
export interface LineFilter {
  /** The least that is wanted. */
  readonly level?: LogLevel | undefined;
  readonly node?: string | undefined;
  /** Somewhere in the text as it came, whatever the case. */
  readonly q?: string | undefined;
}

interface LineRow {
  readonly seq: string;
  readonly accepted_ms: string;
  readonly time_ms: string;
  readonly level: number | null;
  readonly node: string;
  /** Null when the answer has no room for it. */
  readonly body: string | null;
}

/** Lines found, newest first. */
export interface FoundLines {
  readonly lines: readonly StoredLine[];
  /** There are more in the range, for which there is no room. */
  readonly isCut: boolean;
}

/** No sender's clock is believed that is further ahead: what was accepted so long before a time has no line of that time. */
const MAX_AHEAD_MS = 86_400_000;
const NEWEST_FIRST = 'ORDER BY time_ms DESC, seq DESC';
const COLUMNS = 'seq, accepted_ms, time_ms, level, node';

/** Reads logs, for people. */
export class LogReadStore {
  /** Where so many lines of the range end, whatever they hold; undefined when it has fewer. */
  async edge(
    db: Queryable,
    streamId: number,
    range: LineRange,
    count: number,
  ): Promise<LinePlace | undefined> {
    const conditions = inRange(streamId, range);
    const [row] = await db.query<{ time_ms: string; seq: string }>(
      `SELECT time_ms, seq FROM stream_entries WHERE ${String(conditions)} ${NEWEST_FIRST}
       LIMIT 1 OFFSET ${conditions.number(count - 1)}`,
      conditions.parameters,
    );
    return row && { timeMs: Number(row.time_ms), seq: Number(row.seq) };
  }

  /** The newest lines of the range that are wanted: at most `limit`, and no more than begin within so many bytes of text. */
  async lines(
    db: Queryable,
    streamId: number,
    range: LineRange,
    filter: LineFilter,
    { limit, maxBytes }: { readonly limit: number; readonly maxBytes: number },
  ): Promise<FoundLines> {
    const { level, node, q } = filter;
    const conditions = inRange(streamId, range)
      .add('level >= ?', level && LOG_LEVELS.indexOf(level))
      .add('node = ?', node)
      .add('body ILIKE ?', q && `%${escaped(q)}%`);
    const most = conditions.number(limit + 1);
    // The length of a text is known without fetching it.
    const rows = await db.query<LineRow>(
      `SELECT ${COLUMNS}, CASE WHEN before < ${conditions.number(maxBytes)}::bigint THEN body END AS body FROM (
         SELECT ${COLUMNS}, body, sum(octet_length(body)) OVER (${NEWEST_FIRST}) - octet_length(body) AS before FROM (
           SELECT ${COLUMNS}, body FROM stream_entries WHERE ${String(conditions)} ${NEWEST_FIRST} LIMIT ${most}
         ) AS found
       ) AS sized ${NEWEST_FIRST}`,
      conditions.parameters,
    );
    const lines = rows.slice(0, limit).flatMap(lineOf);
    return { lines, isCut: lines.length < rows.length };
  }
}

/** The keyset and the bounds of an index; and which parts can be left out. */
const inRange = (streamId: number, { before, from, fromMs }: LineRange): Conditions =>
  new Conditions()
    .add('stream_id = ?', streamId)
    .add('accepted_ms >= ?', fromMs - MAX_AHEAD_MS)
    .add('time_ms >= ?', fromMs)
    .add('(time_ms, seq) < (?, ?)', before.timeMs, before.seq)
    .add('(time_ms, seq) >= (?, ?)', from?.timeMs, from?.seq);

const escaped = (text: string): string => text.replaceAll(/[\\%_]/g, String.raw`\$&`);

const lineOf = ({ body, ...row }: LineRow): StoredLine[] =>
  body === null ? [] : [{ ...entryOf({ ...row, body }), acceptedMs: Number(row.accepted_ms) }];
