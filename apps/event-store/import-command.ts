import { systemClock } from '../../libs/domain/index.js';
import type { Configuration } from '../../libs/event-store/configuration/index.js';
import { runImport } from '../../libs/event-store/importing/index.js';
import { openBackend, type BackendSettings } from '../../libs/event-store/storage/index.js';
import type { Logger } from '../../libs/observability/logging/index.js';
import type { Arguments } from './arguments.js';
import { InvalidUse } from './invalid-use.js';

type ImportArguments = Extract<Arguments, { readonly command: 'import' }>;

/**
 * Copies what the original has stored into the configured storage, and writes progress and report for people. Resolves with
 * whether all tables were read to their end. An interrupt ends it after the page that is under way; the next run goes on.
 */
export async function importOldRecords(
  { source, undatedAsMs, isDryRun }: ImportArguments,
  { storage }: Configuration,
  logger: Logger,
): Promise<boolean> {
  const from = sourceSettings(source, storage.backend);
  const keptMs = { event: storage.retentionMs, log: storage.logRetentionMs };
  const interrupted = new AbortController();
  const interrupt = (): void => interrupted.abort();
  process.once('SIGINT', interrupt).once('SIGTERM', interrupt);
  const backend = await openBackend(storage.backend, { logger, clock: systemClock, keptMs });
  try {
    const nowMs = systemClock.now().getTime();
    const { signal } = interrupted;
    const report = await runImport(
      { from, logger, backend, retentionMs: keptMs, nowMs, undatedAsMs, isDryRun, signal },
      process.stdout,
    );
    return report.isComplete;
  } finally {
    await backend.close();
  }
}

function sourceSettings(source: ImportArguments['source'], backend: BackendSettings): BackendSettings {
  if (source.type === 'sqlite') return { type: 'sqlite', path: source.path, flags: [] };
  if (backend.type === 'postgres') return backend;
  throw new InvalidUse(
    '-from-postgres reads the database of the configuration, whose backend is no PostgreSQL.',
  );
}
