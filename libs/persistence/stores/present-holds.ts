import type { Queryable } from '../database.js';
import { holdsJson, readHolds, type StoredHold } from './hold.store.js';

/** Silences and windows of a project that may be on now. */
export async function presentHolds(db: Queryable, projectId: string, now: Date): Promise<StoredHold[]> {
  const sql = `SELECT ${holdsJson('$1::text', '$2')} AS holds`;
  const rows = await db.query<{ holds: unknown }>(sql, [projectId, now]);
  return readHolds(rows[0]?.holds);
}
