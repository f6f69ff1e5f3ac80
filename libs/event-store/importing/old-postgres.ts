import pg from 'pg';
import type { Logger } from '../../observability/logging/index.js';
import type { PostgresSettings } from '../storage/index.js';
import { findConnection, makePool, PATIENCE_MS } from '../storage/postgres/connect.js';
import {
  SourceUnreadable,
  TEXT_COLUMNS,
  type ImportSource,
  type OldRow,
  type OldTable,
} from './import-source.js';

/** Of the schema that a name without one means. */
const TABLES = `
  SELECT t.table_name AS name, t.table_type = 'VIEW' AS "isView",
         array_agg(c.column_name::text ORDER BY c.ordinal_position) AS columns
  FROM information_schema.tables t
  JOIN information_schema.columns c USING (table_schema, table_name)
  WHERE t.table_schema = current_schema()
  GROUP BY t.table_name, t.table_type`;

/** Opens the database of an original. Nothing is written to it. Throws a sentence when it cannot be reached. */
export async function openOldPostgres(settings: PostgresSettings, logger: Logger): Promise<ImportSource> {
  const config = await findConnection(settings, logger, PATIENCE_MS);
  const pool = makePool(config, 1, logger, (client) =>
    client.query('SET default_transaction_read_only = on'),
  );
  return new OldPostgres(`${settings.server}:${settings.port}/${settings.database}`, pool);
}

/** Names of tables and columns are quoted: they are the database's, and may be any. */
class OldPostgres implements ImportSource {
  constructor(
    readonly name: string,
    private readonly pool: pg.Pool,
  ) {}

  async tables(): Promise<readonly OldTable[]> {
    return (await this.pool.query<OldTable>(TABLES)).rows;
  }

  async estimate(table: string): Promise<number> {
    const [row] = await this.read<{ most: string | null }>(
      `SELECT max(id) AS most FROM ${quoted(table)}`,
      [],
    );
    return Number(row?.most ?? 0);
  }

  async page(table: string, afterId: number, limit: number): Promise<readonly OldRow[]> {
    const rows = await this.read<{ id: string } & Record<string, unknown>>(
      `SELECT id::bigint AS id, ${TEXT_COLUMNS.map(quoted).join(', ')} FROM ${quoted(table)}
       WHERE id > $1::bigint ORDER BY ${quoted(table)}.id LIMIT $2`,
      [afterId, limit],
    );
    return rows.map(
      (row) =>
        Object.fromEntries([
          ['id', Number(row.id)],
          ...TEXT_COLUMNS.map((column) => [column, textOf(row[column])]),
        ]) as OldRow,
    );
  }

  close(): Promise<void> {
    return this.pool.end();
  }

  private async read<Row extends pg.QueryResultRow>(text: string, values: readonly number[]): Promise<Row[]> {
    try {
      // As the server writes them: it is texts that are wanted, and bytes where it has bytes.
      const types = {
        getTypeParser: (oid: number) => (oid === BYTEA ? parseBytes : asText),
      };
      return (await this.pool.query<Row>({ text, values: [...values], types } as pg.QueryConfig)).rows;
    } catch (error) {
      throw new SourceUnreadable(error);
    }
  }
}

const quoted = (name: string): string => pg.escapeIdentifier(name);
const asText = (text: string): string => text;
const BYTEA: number = pg.types.builtins.BYTEA;
const parseBytes = pg.types.getTypeParser(BYTEA) as (text: string) => Buffer;

const textOf = (value: unknown): string | null => {
  if (value === null || value === undefined) return null;
  return Buffer.isBuffer(value) ? value.toString('utf8') : (value as string);
};
