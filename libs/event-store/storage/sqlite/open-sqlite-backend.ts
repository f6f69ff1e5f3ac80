import type { Clock } from '../../../domain/index.js';
import type { Logger } from '../../../observability/logging/index.js';
import { StorageRefused, StorageUnavailable, type StorageBackend } from '../storage-backend.js';
import type { SqliteSettings } from '../storage-settings.js';
import { SqliteBackend } from './sqlite-backend.js';
import { SqliteConnection } from './sqlite-connection.js';
import { SqliteOpenFailed } from './sqlite-worker.js';
import { primaryCode, SQLITE } from './sqlite-failure.js';
import { readFlags, type FlagSettings } from './sqlite-flags.js';
import { locateFile } from './sqlite-location.js';
import {
  FILE_VERSION,
  OUR_TABLES,
  SCHEMA_STEPS,
  SCHEMA_VERSION,
  TABLE_NAMES,
  VERSION_TABLE,
} from './sqlite-schema.js';

export interface SqliteParts {
  readonly logger: Logger;
  readonly clock: Clock;
}

/** Of 4 KiB. More at once means that pages which change again and again are written to the file less often. */
const PAGES_BEFORE_CHECKPOINT = 8_000;
const JOURNAL_BYTES = 64 * 1_024 * 1_024;
const WRITER_CACHE_KIB = 65_536;
const READER_CACHE_KIB = 16_384;

/**
 * Opens the SQLite file of the settings, and makes it where there is none. Other processes may have it open, too, and
 * tables of others in it are left alone. Flags that are not followed are warned of. Throws an error that is a sentence for
 * the operator when the file cannot be used.
 */
export async function openSqliteBackend(
  settings: SqliteSettings,
  { logger }: SqliteParts,
): Promise<StorageBackend> {
  const file = await locateFile(settings.path);
  const flags = readFlags(settings.flags);
  for (const warning of flags.warnings) logger.warn({ event: 'event-store.flag.ignored' }, warning);
  const opened: SqliteConnection[] = [];
  const open = async (setUp: readonly string[]): Promise<SqliteConnection> => {
    const { busyTimeoutMs } = flags;
    const connection = await SqliteConnection.open(
      { location: file, readOnly: false, busyTimeoutMs, setUp },
      logger,
    );
    opened.push(connection);
    return connection;
  };
  try {
    const writer = await open(writerSetUp(flags));
    await prepare(writer, file);
    const readers = await Promise.all([open(readerSetUp(flags)), open(readerSetUp(flags))]);
    return new SqliteBackend(writer, readers);
  } catch (error) {
    await Promise.all(opened.map((connection) => connection.close()));
    throw sentenceOf(error, file);
  }
}

const writerSetUp = ({ pragmas }: FlagSettings): string[] => [
  // Only a new file takes it, and only before it has a journal.
  'PRAGMA auto_vacuum=INCREMENTAL',
  'PRAGMA journal_mode=WAL',
  'PRAGMA synchronous=FULL',
  `PRAGMA cache_size=-${WRITER_CACHE_KIB}`,
  `PRAGMA wal_autocheckpoint=${PAGES_BEFORE_CHECKPOINT}`,
  `PRAGMA journal_size_limit=${JOURNAL_BYTES}`,
  ...pragmas.map((pragma) => `PRAGMA ${pragma}`),
];

const readerSetUp = ({ pragmas }: FlagSettings): string[] => [
  'PRAGMA query_only=1',
  `PRAGMA cache_size=-${READER_CACHE_KIB}`,
  ...pragmas.map((pragma) => `PRAGMA ${pragma}`),
];

/** Makes our tables, or sees that they are ours and not of a later time. */
async function prepare(writer: SqliteConnection, file: string): Promise<void> {
  const [[mode] = []] = (await writer.read('PRAGMA journal_mode')) as readonly string[][];
  if (mode !== 'wal')
    throw new Error(
      `The SQLite file ${file} cannot have a WAL journal: its file system lacks shared memory, as those of networks do.`,
    );
  const [names] = (await writer.read(TABLE_NAMES)) as readonly string[][];
  const ours = names!.filter((name) => OUR_TABLES.includes(name));
  if (ours.length > 0 && !ours.includes(VERSION_TABLE))
    throw new Error(
      `The SQLite file ${file} holds a table ${ours[0]} of somebody else. Give the event store a file of its own.`,
    );
  if (ours.length > 0) await mustBeKnown(writer, file);
  await writer.write(SCHEMA_STEPS);
}

async function mustBeKnown(writer: SqliteConnection, file: string): Promise<void> {
  const version = Number((await writer.read(FILE_VERSION))[0]?.[0]);
  if (version > SCHEMA_VERSION)
    throw new Error(
      `The SQLite file ${file} is of a newer release (schema ${version}; this one knows ${SCHEMA_VERSION}).`,
    );
}

function sentenceOf(error: unknown, file: string): Error {
  if (error instanceof StorageUnavailable || error instanceof StorageRefused)
    return new Error(`The SQLite file ${file} cannot be used. ${error.message}`, { cause: error });
  if (!(error instanceof SqliteOpenFailed)) return error as Error;
  return new Error(`The SQLite file ${file} ${whatIsWrong(error)}.`, { cause: error });
}

function whatIsWrong({ objection }: SqliteOpenFailed): string {
  switch (primaryCode(objection)) {
    case SQLITE.NOTADB:
      return 'is no SQLite database';
    case SQLITE.BUSY:
    case SQLITE.LOCKED:
      return 'is locked by another process';
    case SQLITE.READONLY:
    case SQLITE.CANTOPEN:
    case SQLITE.PERM:
    case SQLITE.IOERR:
      return `cannot be written, or the files beside it cannot (${objection.message})`;
    default:
      return `cannot be opened: ${objection.message}`;
  }
}
