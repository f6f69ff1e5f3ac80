import { z } from 'zod';
import type { BackendSettings, PostgresSettings, SqliteSettings } from '../storage/storage-settings.js';
import { shown, type Place } from './findings.js';
import type { JsonObject, JsonValue } from './json-text.js';
import { remotePort } from './port.js';
import { memberNamed, readMembers, readObject, typeName, type Advice } from './section.js';
import { readSettings } from './settings.js';

const flags = z.array(z.string()).default([]);
const sqlite = z.object({ database_path: z.string().min(1), flags });
const postgres = z.object({
  database_path: z.string().min(1),
  server: z.string().min(1).default('localhost'),
  port: remotePort.default(5432),
  connection_timeout: z.int().min(0).default(1),
  username: z.string().optional(),
  password: z.string().optional(),
  flags,
});

/** The original's pages have these in the backend, where it does not look for them either. */
const MISPLACED: Advice = Object.fromEntries(
  ['retention_time', 'log_retention_time', 'store_logs'].map((key) => [
    key,
    'is ignored here: it belongs beside "backend"',
  ]),
);
const NO_USERS = 'is ignored: SQLite knows no users, so who may read the file decides';
const OF_SQLITE: Advice = { ...MISPLACED, username: NO_USERS, password: NO_USERS };
const BACKENDS: Readonly<Record<string, (object: JsonObject, place: Place) => BackendSettings | undefined>> =
  {
    sqlite: readSqlite,
    postgres: readPostgres,
  };

/** Undefined when something is wrong, which is said. */
export function readBackend(value: JsonValue | undefined, place: Place): BackendSettings | undefined {
  const object = readObject(value, place);
  if (object === undefined) return undefined;
  const type = memberNamed('type', object);
  const known = Object.keys(BACKENDS).map((name) => `"${name}"`);
  if (typeof type === 'string' && Object.hasOwn(BACKENDS, type)) return BACKENDS[type]!(object, place);
  const given = typeof type === 'string' ? `"${shown(type)}"` : typeName(type);
  place.at('type').refuse(`must be ${known.join(' or ')}, not ${given}`);
  return undefined;
}

function readSqlite(object: JsonObject, place: Place): SqliteSettings | undefined {
  const members = readMembers(object, ['type', ...Object.keys(sqlite.shape)], place, OF_SQLITE);
  const settings = readSettings(sqlite, members, place);
  return settings && { type: 'sqlite', path: settings.database_path, flags: settings.flags };
}

function readPostgres(object: JsonObject, place: Place): PostgresSettings | undefined {
  const members = readMembers(object, ['type', ...Object.keys(postgres.shape)], place, MISPLACED);
  const settings = readSettings(postgres, members, place);
  return (
    settings && {
      type: 'postgres',
      server: settings.server,
      port: settings.port,
      database: settings.database_path,
      username: settings.username || undefined,
      password: settings.password || undefined,
      connectionTimeoutMs: settings.connection_timeout * 1_000,
      flags: settings.flags,
    }
  );
}
