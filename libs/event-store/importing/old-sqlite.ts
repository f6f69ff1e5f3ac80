import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Logger } from '../../observability/logging/index.js';
import { SqliteConnection } from '../storage/sqlite/sqlite-connection.js';
import { SqliteOpenFailed } from '../storage/sqlite/sqlite-worker.js';
import {
  SourceUnreadable,
  TEXT_COLUMNS,
  type ImportSource,
  type OldRow,
  type OldTable,
} from './import-source.js';

/** The original may hold a lock for as long as a batch takes it. */
const BUSY_TIMEOUT_MS = 30_000;

/**
 * Opens the SQLite file of an original, read only: it may still be written to, and may be on a medium that takes no writes.
 * Throws a sentence when there is no database.
 */
export async function openOldSqlite(path: string, logger: Logger): Promise<ImportSource> {
  const file = resolve(path);
  const found = await stat(file).catch(() => undefined);
  if (!found) throw new Error(`There is no file ${file}.`);
  if (!found.isFile()) throw new Error(`${file} is no file: give the SQLite file itself.`);
  await access(file, constants.R_OK).catch((error: unknown) => {
    throw new Error(`The file ${file} cannot be read by this user.`, { cause: error });
  });
  try {
    return new OldSqlite(file, await openReadOnly(file, logger));
  } catch (error) {
    throw new Error(`The file ${file} cannot be read as a SQLite database: ${(error as Error).message}.`, {
      cause: error,
    });
  }
}

async function openReadOnly(file: string, logger: Logger): Promise<SqliteConnection> {
  const settings = {
    readOnly: true,
    busyTimeoutMs: BUSY_TIMEOUT_MS,
    // Only what is read shows whether the file can be.
    setUp: ['SELECT count(*) FROM sqlite_schema'],
  };
  try {
    return await SqliteConnection.open({ ...settings, location: file }, logger);
  } catch (error) {
    if (!(error instanceof SqliteOpenFailed) || (await hasJournal(file))) throw error;
    // Files of the WAL kind need others beside them, that cannot be made there. Nobody has it open: there is no journal.
    const location = `${pathToFileURL(file).href}?immutable=1`;
    return SqliteConnection.open({ ...settings, location }, logger);
  }
}

const hasJournal = async (file: string): Promise<boolean> => {
  const sizes = await Promise.all(
    [`${file}-wal`, `${file}-journal`].map((path) =>
      stat(path).then(
        ({ size }) => size,
        () => 0,
      ),
    ),
  );
  return sizes.some((size) => size > 0);
};

/** Names of tables and columns are quoted: they are the file's, and may be any. */
class OldSqlite implements ImportSource {
  constructor(
    readonly name: string,
    private readonly connection: SqliteConnection,
  ) {}

  async tables(): Promise<readonly OldTable[]> {
    const [names = [], types] = await this.connection.read(
      "SELECT name, type FROM sqlite_schema WHERE type IN ('table', 'view')",
    );
    const tables = ((names ?? []) as readonly string[]).map(async (name, row): Promise<OldTable> => {
      const [columns] = await this.connection.read('SELECT name FROM pragma_table_info(?)', [name]);
      return { name, columns: (columns ?? []) as readonly string[], isView: types?.[row] === 'view' };
    });
    return Promise.all(tables);
  }

  async estimate(table: string): Promise<number> {
    const [ids] = await this.read(`SELECT max(rowid) FROM ${quoted(table)}`, []);
    return Number(ids?.[0] ?? 0);
  }

  async page(table: string, afterId: number, limit: number): Promise<readonly OldRow[]> {
    // Whatever a value is stored as, tags as bytes above all, it is text that was meant.
    const texts = TEXT_COLUMNS.map((column) => `CAST(${quoted(column)} AS TEXT)`);
    const [ids, ...columns] = await this.read(
      `SELECT rowid, ${texts.join(', ')} FROM ${quoted(table)} WHERE rowid > ? ORDER BY rowid LIMIT ?`,
      [afterId, limit],
    );
    return (ids ?? []).map(
      (id, row) =>
        Object.fromEntries([
          ['id', Number(id)],
          ...TEXT_COLUMNS.map((column, place) => [column, columns[place]?.[row] ?? null]),
        ]) as OldRow,
    );
  }

  close(): Promise<void> {
    return this.connection.close();
  }

  private async read(sql: string, parameters: readonly number[]) {
    try {
      return await this.connection.read(sql, parameters);
    } catch (error) {
      throw new SourceUnreadable(error);
    }
  }
}

const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;
