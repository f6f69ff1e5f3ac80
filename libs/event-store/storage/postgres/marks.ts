import type pg from 'pg';
import type { StorageMark } from '../storage-backend.js';

export async function writeMark(client: pg.ClientBase, { name, value }: StorageMark): Promise<void> {
  await client.query(
    `INSERT INTO event_store_marks (name, value) VALUES ($1, $2)
     ON CONFLICT (name) DO UPDATE SET value = excluded.value`,
    [name, value],
  );
}

export async function readMark(pool: pg.Pool, name: string): Promise<string | undefined> {
  const { rows } = await pool.query<{ value: string }>(
    'SELECT value FROM event_store_marks WHERE name = $1',
    [name],
  );
  return rows[0]?.value;
}
