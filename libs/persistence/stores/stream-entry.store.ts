import { LOG_LEVELS, type EntryAbout, type NewEntry, type StreamEntry } from '../../domain/index.js';
import type { Database, Queryable, Transaction } from '../database.js';
import type { Numbered } from './stream.store.js';

/** A stretch of a stream as it is stored; `acceptedMs` of each entry, in the same order. */
export interface StreamStretch {
  readonly entries: readonly StreamEntry[];
  readonly acceptedMs: readonly number[];
  /** It goes up to here; numbers before that are not in it are of entries that are not stored any more. */
  readonly endSeq: number;
  /** There was nothing more when it was read. */
  readonly isAll: boolean;
}

/** An entry, and when it was accepted, in milliseconds since 1970. */
export interface StreamPlaceInTime {
  readonly seq: number;
  readonly acceptedMs: number;
}

interface EntryRow {
  readonly seq: string;
  readonly accepted_ms: string;
  readonly time_ms: string;
  readonly level: number | null;
  readonly node: string;
  readonly body: string;
}

/** What a row costs beside its text, roughly. */
const ROW_BYTES = 64;
const COLUMNS = 'seq, accepted_ms, time_ms, level, node, body';
const COPY = `COPY stream_entries (stream_id, ${COLUMNS}, about) FROM STDIN`;
const LEVEL_OF = new Map<string | null, string>([
  [null, '\\N'],
  ...LOG_LEVELS.map((level, index) => [level, String(index)] as const),
]);

/** The entries of streams. They are only ever added, read, and dropped part by part. */
export class StreamEntryStore {
  /** Adds entries under the last numbers that were taken. The part for their time must be there. */
  async add(
    tx: Transaction,
    { id, lastSeq, acceptedMs }: Numbered,
    entries: readonly NewEntry[],
  ): Promise<void> {
    const place = `\t${acceptedMs}\t`;
    let seq = lastSeq - entries.length;
    let text = '';
    // Entries of one series share what they are about.
    const abouts = new Map<EntryAbout | undefined, string>([[undefined, '\\N']]);
    for (const { timeMs, level, node, body, about } of entries) {
      seq += 1;
      let said = abouts.get(about);
      if (said === undefined) abouts.set(about, (said = copied(aboutText(about!))));
      text += `${id}\t${seq}${place}${Math.trunc(timeMs)}\t${LEVEL_OF.get(level)}\t${copied(node)}\t${copied(body)}\t${said}\n`;
    }
    await tx.copyIn(COPY, text);
  }

  /**
   * The next entries after a place, of a stream in its order: at most `limit`, and no more than fit into `maxBytes`, but at
   * least one. Numbers have no gaps, so that they bound what is looked at, whatever the planner knows of the table.
   */
  async after(
    db: Database,
    streamId: number,
    { seq, acceptedMs }: StreamPlaceInTime,
    { limit, maxBytes }: { readonly limit: number; readonly maxBytes: number },
  ): Promise<StreamStretch> {
    const rows = await db.prepared<EntryRow & { readonly last_seq: string }>(
      'stream-entries-after',
      `SELECT ${COLUMNS}, last_seq FROM (
         SELECT ${COLUMNS}, sum(octet_length(body) + ${ROW_BYTES}) OVER (ORDER BY seq) - octet_length(body) AS before
         FROM stream_entries
         WHERE stream_id = $1 AND accepted_ms >= $2 AND seq > $3 AND seq <= $3::bigint + $4::bigint
       ) AS sized RIGHT JOIN (SELECT last_seq FROM streams WHERE id = $1) AS stream ON before <= $5 ORDER BY seq`,
      [streamId, acceptedMs, seq, limit, maxBytes],
    );
    const lastSeq = Number(rows[0]?.last_seq ?? 0);
    const entries = rows.filter((row) => row.seq !== null);
    const endSeq = entries.length > 0 ? Number(entries.at(-1)!.seq) : Math.min(lastSeq, seq + limit);
    return {
      entries: entries.map(entryOf),
      acceptedMs: entries.map((row) => Number(row.accepted_ms)),
      endSeq,
      isAll: endSeq >= lastSeq,
    };
  }

  /** The first entry that was accepted then or later, as numbers and times grow together; undefined when there is none. */
  async firstSince(db: Queryable, streamId: number, sinceMs: number): Promise<StreamPlaceInTime | undefined> {
    let [low, high] = await this.range(db, streamId);
    let found: StreamPlaceInTime | undefined;
    while (low <= high) {
      const middle = Math.floor((low + high) / 2);
      const acceptedMs = await this.acceptedAt(db, streamId, middle);
      if (acceptedMs !== undefined && acceptedMs >= sinceMs) {
        found = { seq: middle, acceptedMs };
        high = middle - 1;
      } else low = middle + 1;
    }
    return found;
  }

  private async range(db: Queryable, streamId: number): Promise<[number, number]> {
    const [row] = await db.query<{ low: string | null; high: string | null }>(
      `SELECT (SELECT min(seq) FROM stream_entries WHERE stream_id = $1) AS low,
              (SELECT last_seq FROM streams WHERE id = $1) AS high`,
      [streamId],
    );
    return row?.low === null || row === undefined ? [1, 0] : [Number(row.low), Number(row.high)];
  }

  private async acceptedAt(db: Queryable, streamId: number, seq: number): Promise<number | undefined> {
    const [row] = await db.query<{ accepted_ms: string }>(
      'SELECT accepted_ms FROM stream_entries WHERE stream_id = $1 AND seq = $2',
      [streamId, seq],
    );
    return row && Number(row.accepted_ms);
  }
}

export const entryOf = ({ seq, time_ms, level, node, body }: EntryRow): StreamEntry => ({
  seq: Number(seq),
  timeMs: Number(time_ms),
  level: level === null ? null : (LOG_LEVELS[level] ?? 'info'),
  node,
  body,
});

/** As an array of PostgreSQL is written. */
function aboutText({ kind, name, type, typeId, stype, stypeId }: EntryAbout): string {
  const texts = [kind, name, type, typeId, stype, stypeId].map((text) =>
    text === null ? 'NULL' : `"${text.replaceAll(/["\\]/g, String.raw`\$&`)}"`,
  );
  return `{${texts.join(',')}}`;
}

const SPECIAL = /[\\\n\r\t\0]/;
const SPECIALS = /[\\\n\r\t\0]/g;
const ESCAPES: Readonly<Record<string, string>> = {
  '\\': '\\\\',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\0': '\ufffd',
};

/** A text in COPY's text format. PostgreSQL takes no NUL. */
const copied = (text: string): string =>
  SPECIAL.test(text) ? text.replace(SPECIALS, (character) => ESCAPES[character]!) : text;
