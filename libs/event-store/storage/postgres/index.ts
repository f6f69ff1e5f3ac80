/**
 * Records in PostgreSQL 14 or later: a table for each kind, in parts by time, and a table of hosts.
 *
 * The event store opens it by its configuration; nobody else knows what is in here. Clusters are data of a column, and never
 * part of a statement. Tables that cc-event-store made in the same database (`<cluster>_events`) are left alone.
 */
import type { StorageBackend } from '../storage-backend.js';
import type { PostgresSettings } from '../storage-settings.js';
import { findConnection, makeClient, makePool, PATIENCE_MS, placeOf } from './connect.js';
import { PostgresBackend, type PostgresParts } from './postgres-backend.js';
import { migrate } from './schema.js';
import { reasonOf } from './storage-failure.js';

export type { PostgresParts } from './postgres-backend.js';

const WRITING_CONNECTIONS = 4;
const READING_CONNECTIONS = 4;
const LONGEST_QUERY_MS = 60_000;

interface OpeningParts extends PostgresParts {
  /** Calls the opening off. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Opens the database, and makes its tables or brings them up to date; several processes may do so at once. Waits up to
 * `patienceMs`, half a minute by default, for a server that starts together with us, and logs why. Throws with a sentence
 * that names server, port and database, and never the password; with the reason of the signal once that aborts.
 */
export async function openPostgresBackend(
  settings: PostgresSettings,
  parts: OpeningParts,
  { patienceMs = PATIENCE_MS }: { readonly patienceMs?: number } = {},
): Promise<StorageBackend> {
  const { signal } = parts;
  const config = await findConnection(settings, parts.logger, patienceMs, signal);
  const client = makeClient(config, signal);
  try {
    await client.connect();
    await migrate(client);
  } catch (error) {
    signal?.throwIfAborted();
    throw new Error(`Cannot make the tables of the event store in ${placeOf(settings)}: ${reasonOf(error)}`, {
      cause: error,
    });
  } finally {
    await client.end().catch(() => undefined);
  }
  const writing = makePool(config, WRITING_CONNECTIONS, parts.logger);
  const reading = makePool(config, READING_CONNECTIONS, parts.logger, async (fresh) => {
    // A plan for any time would have to look at all parts.
    await fresh.query(`SET plan_cache_mode = force_custom_plan`);
    await fresh.query(`SET statement_timeout = ${LONGEST_QUERY_MS}`);
  });
  const backend = new PostgresBackend({ writing, reading }, parts);
  backend.prepareParts();
  return backend;
}
