import type { Clock } from '../../domain/index.js';
import type { Logger } from '../../observability/logging/index.js';
import type { RecordKind } from '../record/index.js';
import { openPostgresBackend } from './postgres/index.js';
import { openSqliteBackend } from './sqlite/index.js';
import type { StorageBackend } from './storage-backend.js';
import type { BackendSettings } from './storage-settings.js';

export interface BackendParts {
  readonly logger: Logger;
  readonly clock: Clock;
  /** How long records of each kind are kept, in milliseconds; undefined: for ever. Tells how wide parts are. */
  readonly keptMs: Readonly<Record<RecordKind, number | undefined>>;
  /** Calls the waiting for a server off: opening rejects with the reason then. */
  readonly signal?: AbortSignal | undefined;
}

/** Opens the storage that is configured, made when it is not there. Rejects with a sentence that says what to do. */
export const openBackend = (settings: BackendSettings, parts: BackendParts): Promise<StorageBackend> =>
  settings.type === 'postgres' ? openPostgresBackend(settings, parts) : openSqliteBackend(settings, parts);
