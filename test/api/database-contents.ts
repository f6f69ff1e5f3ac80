import type { Database } from '../../libs/persistence/index.js';

/** Rows and a digest of every table, by `schema.table`. Uses of tokens are left out: they are noted on every request. */
export type DatabaseContents = Readonly<Record<string, string>>;

/**
 * What the database holds now: two that are equal hold the same rows. Without the queues, which only wake and may do
 * so a moment after the fact.
 */
export async function databaseContents(database: Database): Promise<DatabaseContents> {
  const tables = (await tablesOf(database)).filter((table) => !table.startsWith('bullmq.'));
  const contents: Record<string, string> = {};
  for (const table of tables) {
    const [row] = await database.query<{ digest: string }>(
      `SELECT count(*) || ' ' || coalesce(md5(string_agg(text, '|' ORDER BY text)), '') AS digest
       FROM (SELECT (to_jsonb(t) - 'last_used_at')::text AS text FROM ${table} t) rows`,
    );
    contents[table] = row!.digest;
  }
  return contents;
}

/** Every row of every table as text. */
export async function databaseText(database: Database): Promise<Readonly<Record<string, string>>> {
  const text: Record<string, string> = {};
  for (const table of await tablesOf(database)) {
    const rows = await database.query<{ text: string }>(`SELECT t::text AS text FROM ${table} t`);
    text[table] = rows.map((row) => row.text).join('\n');
  }
  return text;
}

async function tablesOf(database: Database): Promise<string[]> {
  const rows = await database.query<{ name: string }>(
    `SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables
     WHERE schemaname NOT IN ('pg_catalog', 'information_schema') ORDER BY 1`,
  );
  return rows.map(({ name }) => name);
}
