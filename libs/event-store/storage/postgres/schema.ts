import type pg from 'pg';

/** Whoever brings the tables up to date holds this advisory lock. Spells "EVSC". */
const SCHEMA_LOCK = 0x45565343;

/** Looks through a range of blocks, and compresses by column. */
const OLDEST_SERVER = 140_000;

/** Texts that only we compare: by bytes, which is quickest, and the same on every machine. */
const TEXT = 'text COLLATE "C"';
// What is of fixed width first: no gaps between columns.
const COLUMNS = `id bigint NOT NULL, time_ms bigint NOT NULL, cluster ${TEXT} NOT NULL, name ${TEXT} NOT NULL,
  hostname ${TEXT} NOT NULL, type ${TEXT}, type_id ${TEXT}, stype ${TEXT}, stype_id ${TEXT}, tags ${TEXT},
  fields ${TEXT}, payload ${TEXT} NOT NULL`;

const tableOf = (name: string): string => `
  CREATE TABLE ${name} (${COLUMNS}) PARTITION BY RANGE (time_ms);
  CREATE INDEX ${name}_time ON ${name} (cluster, time_ms, id);
  CREATE INDEX ${name}_host ON ${name} (cluster, hostname, time_ms, id);
  -- Servers that are built without LZ4 compress long texts as they always did.
  DO $$ BEGIN ALTER TABLE ${name} ALTER COLUMN payload SET COMPRESSION lz4; EXCEPTION WHEN OTHERS THEN NULL; END $$;`;

/** How many ids are taken at a time; the rest of them is lost when a process ends. */
export const IDS_AT_A_TIME = 1_048_576;

/** One after the other, forward only; what has been released is never changed. */
const MIGRATIONS: readonly string[] = [
  `${tableOf('event_store_events')}
   ${tableOf('event_store_logs')}
   CREATE SEQUENCE event_store_ids INCREMENT BY ${IDS_AT_A_TIME} MINVALUE 1;
   CREATE TABLE event_store_hosts (
     cluster ${TEXT} NOT NULL, kind ${TEXT} NOT NULL, hostname ${TEXT} NOT NULL, until_ms bigint NOT NULL,
     PRIMARY KEY (cluster, kind, hostname)
   );
   CREATE TABLE event_store_marks (name ${TEXT} PRIMARY KEY, value ${TEXT} NOT NULL);`,
];

/** Brings the tables up to date. Several processes may do so at once. Throws when a later version of ours made them. */
export async function migrate(client: pg.ClientBase): Promise<void> {
  const server = await client.query<{ version: string }>(
    `SELECT current_setting('server_version_num') AS version`,
  );
  if (Number(server.rows[0]!.version) < OLDEST_SERVER)
    throw new Error(
      `The PostgreSQL server is too old: the event store needs version ${OLDEST_SERVER / 10_000} or later.`,
    );
  await client.query('BEGIN');
  try {
    await client.query(`SELECT pg_advisory_xact_lock(${SCHEMA_LOCK})`);
    await client.query(
      'CREATE TABLE IF NOT EXISTS event_store_schema (version integer PRIMARY KEY, applied_at timestamptz NOT NULL DEFAULT now())',
    );
    const answer = await client.query<{ version: number }>(
      'SELECT coalesce(max(version), 0) AS version FROM event_store_schema',
    );
    const version = answer.rows[0]!.version;
    if (version > MIGRATIONS.length)
      throw new Error(
        `The tables of the event store are of version ${version}; this program knows up to ${MIGRATIONS.length}. Use a newer one.`,
      );
    for (let next = version + 1; next <= MIGRATIONS.length; next += 1) {
      await client.query(MIGRATIONS[next - 1]!);
      await client.query('INSERT INTO event_store_schema (version) VALUES ($1)', [next]);
    }
    await client.query('COMMIT');
  } catch (error) {
    await client.query('ROLLBACK').catch(() => undefined);
    throw error;
  }
}
