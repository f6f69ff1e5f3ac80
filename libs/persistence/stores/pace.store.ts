import type { Queryable } from '../database.js';
import type { Version } from './delivery.store.js';

/** How often something may be called at the most: `burst` at once, then one every `everyMs`. */
export interface PaceLimit {
  readonly key: string;
  readonly everyMs: number;
  readonly burst: number;
}

export interface Place {
  readonly at: Date;
  readonly version: string;
}

const ROW = `INSERT INTO sink_paces AS pace (key, taken_until, used_until)`;
/** From when on the next one may go, by the column that says until when places are given. */
const OPENS = (column: string): string =>
  `pace.${column} - ($4::int - 1) * $3::int * interval '1 millisecond'`;

/** Places in the paces of sinks, which all dispatchers share. Each place is given once; a call takes one, then uses it. */
export class PaceStore {
  /**
   * Gives the next place to a delivery, and writes it down there; resolves with its time, which may be now, and with the
   * row's version after that. Undefined, and nobody is given anything, when the row is not any more as it was read.
   */
  async take(db: Queryable, taker: Version, pace: PaceLimit, now: Date): Promise<Place | undefined> {
    const rows = await db.query<Place>(
      `WITH taker AS (
         SELECT id FROM deliveries WHERE id = $5 AND xmin = $6::text::xid FOR UPDATE
       ), given AS (
         ${ROW} SELECT $1, $2::timestamptz + $3::int * interval '1 millisecond', $2::timestamptz FROM taker
         ON CONFLICT (key) DO UPDATE
           SET taken_until = GREATEST(pace.taken_until, $2::timestamptz) + $3::int * interval '1 millisecond'
         RETURNING GREATEST(taken_until - $4::int * $3::int * interval '1 millisecond', $2::timestamptz) AS place
       )
       UPDATE deliveries SET slot_at = given.place FROM taker, given WHERE deliveries.id = taker.id
       RETURNING given.place AS at, deliveries.xmin::text AS version`,
      [...values(pace, now), taker.id, taker.version],
    );
    return rows[0];
  }

  /**
   * Uses a place now; resolves with now, or, when another came late and went only just before, with the time from which
   * on it can be used.
   */
  async use(db: Queryable, pace: PaceLimit, now: Date): Promise<Date> {
    const rows = await db.query<{ key: string }>(
      `${ROW} VALUES ($1, $2, $2::timestamptz + $3::int * interval '1 millisecond')
       ON CONFLICT (key) DO UPDATE
         SET used_until = GREATEST(pace.used_until, $2::timestamptz) + $3::int * interval '1 millisecond'
         WHERE ${OPENS('used_until')} <= $2 RETURNING key`,
      values(pace, now),
    );
    if (rows.length > 0) return now;
    const opens = await db.query<{ opens: Date }>(
      `SELECT GREATEST(${OPENS('used_until')}, $2) AS opens FROM sink_paces pace WHERE key = $1`,
      values(pace, now),
    );
    return opens[0]?.opens ?? now;
  }

  /** The call that used a place ended only now: however long it was on its way, nothing may come sooner after it. */
  async ended(db: Queryable, { key, everyMs }: PaceLimit, now: Date): Promise<void> {
    await db.query(
      `UPDATE sink_paces SET used_until = GREATEST(used_until, $2::timestamptz + $3::int * interval '1 millisecond')
       WHERE key = $1`,
      [key, now, everyMs],
    );
  }

  /** Forgets paces that nobody has taken a place in since then. */
  async forget(db: Queryable, before: Date): Promise<number> {
    const rows = await db.query(
      `DELETE FROM sink_paces WHERE taken_until < $1 AND used_until < $1 RETURNING key`,
      [before],
    );
    return rows.length;
  }
}

const values = ({ key, everyMs, burst }: PaceLimit, now: Date): unknown[] => [key, now, everyMs, burst];
