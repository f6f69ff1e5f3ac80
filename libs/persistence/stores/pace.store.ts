import type { Queryable } from '../database.js';
import type { Version } from './delivery.store.js';

/** How often something may be called at the most: `burst` at once, then one every `everyMs`. */
export interface PaceLimit {
  readonly key: string;
  readonly everyMs: number;
  readonly burst: number;
}

/** A turn in a line. */
export interface Turn {
  /** Nothing keeps it any more: the call is to be made now. */
  readonly isNow: boolean;
  /** When it comes, as far as can be seen; later, if those before it take longer. */
  readonly at: Date;
}

export interface Place extends Turn {
  readonly version: string;
  /** Where it is in the line, whatever the line has been pushed since. */
  readonly slotAt: Date;
}

/** What two dispatchers' clocks may differ by. What was used so much later than now was so before a clock was set back. */
const CLOCKS_APART_MS = 10_000;
/** A line that seems longer than so many intervals is looked at again: who had a place may have given up waiting. */
const LONG_LINE = 16;
/** Who has been passed by so many pushes the line no more: for one all others would have to wait that long. */
const PASSED_AT_MOST = 8;

const EVERY = `$3::int * interval '1 millisecond'`;
const OTHERS_OF_BURST = `($4::int - 1) * ${EVERY}`;
/** From one place to the next: what is between two calls begins when the first has ended. */
const STEP = `($3::int + pace.call_ms) * interval '1 millisecond'`;
/** What a call takes before one has ended. More than one at a time may be on their way in a burst: there it is of no matter. */
const GUESS = `CASE WHEN $4::int = 1 THEN $3::int / 4 ELSE 0 END`;
const MS_OF = (time: string): string => `(extract(epoch FROM ${time}) * 1000)::int`;

/**
 * Lines of those that call sinks, which all dispatchers share. A call takes a place, and keeps it until its turn has come;
 * when one takes longer than it should, the whole line is pushed: nobody loses the order, and nobody's row is written.
 */
export class PaceStore {
  /**
   * Gives the next place to a delivery, and writes it down there. Undefined, and nobody is given anything, when the row
   * is not any more as it was read.
   */
  async take(db: Queryable, taker: Version, pace: PaceLimit, now: Date): Promise<Place | undefined> {
    const rows = await db.query<Omit<Place, 'isNow'>>(
      `WITH taker AS (
         SELECT id FROM deliveries WHERE id = $5 AND xmin = $6::text::xid FOR UPDATE
       ), given AS (
         INSERT INTO sink_paces AS pace (key, taken_until, used_until, call_ms)
           SELECT $1, $2::timestamptz + ($3::int + ${GUESS}) * interval '1 millisecond', $2::timestamptz, ${GUESS} FROM taker
         ON CONFLICT (key) DO UPDATE
           SET taken_until = GREATEST(pace.taken_until, pace.used_until, $2::timestamptz) + ${STEP}
         RETURNING GREATEST(taken_until - ${STEP} - ${OTHERS_OF_BURST}, $2::timestamptz) AS at, shifted
       )
       UPDATE deliveries SET slot_at = given.at - given.shifted FROM taker, given WHERE deliveries.id = taker.id
       RETURNING given.at, deliveries.slot_at AS "slotAt", deliveries.xmin::text AS version`,
      [...values(pace, now), taker.id, taker.version],
    );
    return rows[0] && { ...rows[0], isNow: rows[0].at <= now };
  }

  /**
   * Uses a place if its turn has come; without a place, goes before all that wait. Who comes too soon after another pushes
   * the line until its turn. Undefined when there is no such line, or when the place is good no more.
   */
  async use(db: Queryable, pace: PaceLimit, slotAt: Date | null, now: Date): Promise<Turn | undefined> {
    const rows = await db.query<Turn>(
      `WITH seen AS (
         SELECT key, used_until - ${OTHERS_OF_BURST} AS opens,
                COALESCE($5::timestamptz + shifted, $2::timestamptz) AS place
         FROM sink_paces WHERE key = $1 FOR UPDATE
       ), turn AS (
         SELECT *, place <= $2 AND opens <= $2 AS "isNow",
                CASE WHEN $5::timestamptz IS NULL OR place > $2 THEN interval '0'
                     WHEN opens > $2 THEN opens - place
                     WHEN $4::int = 1 THEN LEAST($2 - place, ${EVERY}) ELSE interval '0' END AS push
         FROM seen WHERE $5::timestamptz IS NULL OR opens <= $2 OR place + ${PASSED_AT_MOST} * ${EVERY} > opens
       )
       UPDATE sink_paces pace SET taken_until = pace.taken_until + push, shifted = pace.shifted + push,
              used_until = CASE WHEN "isNow" THEN GREATEST(pace.used_until, $2) + ${STEP} ELSE pace.used_until END
       FROM turn WHERE pace.key = turn.key
       RETURNING "isNow", GREATEST(turn.place, turn.opens, $2) AS at`,
      [...values(pace, now), slotAt],
    );
    return rows[0];
  }

  /** Begins a line where there is none. */
  async begin(db: Queryable, pace: PaceLimit, now: Date): Promise<void> {
    await db.query(
      `INSERT INTO sink_paces (key, taken_until, used_until, call_ms) VALUES ($1, $2, $2, ${GUESS})
       ON CONFLICT (key) DO NOTHING`,
      values(pace, now),
    );
  }

  /** The call that used a place has ended: however long it was on its way, nothing may come sooner after it. */
  async ended(db: Queryable, { key, everyMs }: PaceLimit, now: Date): Promise<void> {
    await db.query(
      `UPDATE sink_paces SET used_until = $2::timestamptz + ${EVERY}, taken_until = taken_until + late, shifted = shifted + late,
              call_ms = (3 * call_ms + took) / 4
       FROM (SELECT GREATEST($2::timestamptz + ${EVERY} - used_until, interval '0') AS late,
                    GREATEST(0, LEAST($3, ${MS_OF(`$2::timestamptz + ${EVERY} - used_until`)} + call_ms)) AS took
             FROM sink_paces WHERE key = $1 FOR UPDATE) AS old WHERE key = $1`,
      [key, now, everyMs],
    );
  }

  /**
   * Takes out of a line what cannot be: what a clock added that was set back since, and the places of those of this
   * integration who wait no more.
   */
  async shorten(db: Queryable, pace: PaceLimit, integrationId: string, now: Date): Promise<void> {
    const back = `CASE WHEN used_until > $2::timestamptz + $4::int * ${EVERY} + ${CLOCKS_APART_MS} * interval '1 millisecond'
                       THEN used_until - $2::timestamptz - ${EVERY} ELSE interval '0' END`;
    await db.query(
      `UPDATE sink_paces pace SET used_until = used_until - ${back}, shifted = shifted - ${back},
              taken_until = LEAST(taken_until - ${back}, GREATEST(used_until - ${back}, $2) + ${STEP} * (
                SELECT count(*) FROM deliveries
                WHERE integration_id = $5 AND due_at > $2 AND slot_at IS NOT NULL))
       WHERE key = $1 AND GREATEST(taken_until, used_until) > $2::timestamptz + ($4::int + ${LONG_LINE}) * ${EVERY}`,
      [...values(pace, now), integrationId],
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
