import type { Queryable, Transaction } from '../database.js';

/** A text column whose values are sealed; rows have a text `id`. Both names come from our own code, never from outside. */
export interface SealedPlace {
  readonly table: string;
  readonly column: string;
}

export interface SealedRow {
  readonly id: string;
  readonly sealed: string;
}

/** Only one process at a time makes a new secret key: whoever holds this advisory lock. Spells "SEAL". */
const SECRET_KEY_LOCK = 0x5345414c;

/** Sealed values of whatever table, for those who seal them anew. */
export class SealedRowsStore {
  /** Keeps others from making a new secret key until the end of the transaction. */
  async lockKeys(tx: Transaction): Promise<void> {
    await tx.query('SELECT pg_advisory_xact_lock($1)', [SECRET_KEY_LOCK]);
  }

  /** How many values there are, and how many of them begin with `prefix`. */
  async count(
    db: Queryable,
    { table, column }: SealedPlace,
    prefix: string,
  ): Promise<{ total: number; current: number }> {
    const rows = await db.query<{ total: number; current: number }>(
      `SELECT count(*)::int AS total, (count(*) FILTER (WHERE starts_with("${column}", $1)))::int AS current
       FROM "${table}" WHERE "${column}" IS NOT NULL`,
      [prefix],
    );
    return rows[0]!;
  }

  /**
   * The next values after the row `after` that do not begin with `prefix`, in the order of their ids, locked until the
   * end of the transaction. Rows that somebody else holds are left out unless we are to wait for them.
   */
  lockNext(
    tx: Transaction,
    { table, column }: SealedPlace,
    range: {
      readonly prefix: string;
      readonly after: string;
      readonly limit: number;
      readonly waits: boolean;
    },
  ): Promise<SealedRow[]> {
    return tx.query<SealedRow>(
      `SELECT id, "${column}" AS sealed FROM "${table}"
       WHERE id > $2 AND "${column}" IS NOT NULL AND NOT starts_with("${column}", $1)
       ORDER BY id LIMIT $3 FOR NO KEY UPDATE ${range.waits ? '' : 'SKIP LOCKED'}`,
      [range.prefix, range.after, range.limit],
    );
  }

  /** Puts values in the place of others, and changes nothing else. A row that does not hold the other any more stays. */
  async replace(
    tx: Transaction,
    { table, column }: SealedPlace,
    changes: readonly { readonly id: string; readonly before: string; readonly after: string }[],
  ): Promise<number> {
    const columns = [
      changes.map(({ id }) => id),
      changes.map(({ before }) => before),
      changes.map(({ after }) => after),
    ];
    const rows = await tx.query(
      `UPDATE "${table}" AS place SET "${column}" = change.after
       FROM unnest($1::text[], $2::text[], $3::text[]) AS change (id, before, after)
       WHERE place.id = change.id AND place."${column}" = change.before RETURNING place.id`,
      columns,
    );
    return rows.length;
  }
}
