import { UndoList, type Clock } from '../../libs/domain/index.js';
import type { Configuration } from '../../libs/event-store/configuration/index.js';
import { LineIntake, RecordWriter } from '../../libs/event-store/intake/index.js';
import { answerQuery, CountingReader, readQueryRequest } from '../../libs/event-store/query/index.js';
import type { Receiver } from '../../libs/event-store/receivers/index.js';
import { Retention } from '../../libs/event-store/retention/index.js';
import { createApiServer } from '../../libs/event-store/server/index.js';
import { EventStoreStats, type StatsView } from '../../libs/event-store/stats/index.js';
import { openBackend, type StorageBackend } from '../../libs/event-store/storage/index.js';
import type { Logger } from '../../libs/observability/logging/index.js';

/** An event store that runs. */
export interface RunningEventStore {
  /** Where its API is: `http://127.0.0.1:8088`. */
  readonly url: string;
  /** Takes in nothing more, stores and answers what is under way, then closes everything. */
  stop(): Promise<void>;
}

interface StartParts {
  readonly logger: Logger;
  readonly clock: Clock;
  /** Calls the start off. */
  readonly signal?: AbortSignal | undefined;
}

/** Text that may wait to be stored, in characters: beyond it senders are asked to come again. */
const MAX_WAITING_CHARACTERS = 64 * 1_048_576;

/**
 * Starts storage, retention, API and receivers. Rejects with a sentence that says what to do when something is in the way;
 * nothing is left running then. When the signal aborts before the storage is open, it rejects with the reason of that.
 */
export async function startEventStore(
  configuration: Configuration,
  { logger, clock, signal }: StartParts,
): Promise<RunningEventStore> {
  const undo = new UndoList();
  try {
    const { storage } = configuration;
    const keptMs = { event: storage.retentionMs, log: storage.logRetentionMs };
    const stats = new EventStoreStats();
    const backend = await openBackend(storage.backend, { logger, clock, keptMs, signal });
    undo.push(() => backend.close());
    signal?.throwIfAborted();
    const writer = new RecordWriter({ backend, stats, logger, maxWaitingCharacters: MAX_WAITING_CHARACTERS });
    undo.push(() => writer.drained());
    const retention = new Retention({ backend, stats, logger, clock, policy: keptMs });
    const intake = new LineIntake({ writer, stats, clock, logger, storesLogs: storage.isStoringLogs });
    const url = await listen(configuration, { backend, intake, stats, logger, clock }, undo);
    await startReceivers(configuration, { intake, stats, logger, clock }, undo);
    retention.start();
    // Last in, first out: no deletion begins while the rest stops.
    undo.push(() => retention.stop());
    return { url, stop: () => undo.run() };
  } catch (error) {
    await undo.run().catch((failure: unknown) => {
      logger.warn({ event: 'event-store.stop.failed', error: String(failure) });
    });
    throw error;
  }
}

interface Parts {
  readonly backend: StorageBackend;
  readonly intake: LineIntake;
  readonly stats: EventStoreStats;
  readonly logger: Logger;
  readonly clock: Clock;
}

async function listen(
  { api, storage }: Configuration,
  { backend, intake, stats, logger, clock }: Parts,
  undo: UndoList,
): Promise<string> {
  const server = createApiServer(api, {
    write: (body, cluster) => intake.write(body, { cluster }),
    query: async (body) => {
      stats.count('manager.status', 'queries');
      return JSON.stringify(
        await answerQuery(readQueryRequest(body, clock.now().getTime()), new CountingReader(backend, stats)),
      );
    },
    stats: async (): Promise<StatsView> => {
      // When the storage is away one looks here for how much has failed: then with the number that was last known.
      await backend.activeTables().then(
        (count) => stats.set('backend.status', 'active_tables', count),
        () => stats.count('backend.errors', 'query_exec_failed'),
      );
      return stats.view(storage.info);
    },
    isReady: () => canBeRead(backend),
    logger,
    clock,
  });
  undo.push(() => server.close());
  return server.listen();
}

/** Those of the configuration, which begin to take in when all others are known to work. */
async function startReceivers(
  { receivers }: Configuration,
  { intake, stats, logger, clock }: Omit<Parts, 'backend'>,
  undo: UndoList,
): Promise<void> {
  const started: Receiver[] = [];
  // All at once: where the storage is away each of them waits as long as it may.
  undo.push(() => stopAll(started));
  for (const { name, kind, settings, process } of receivers) {
    const receiver: Receiver = kind.create(settings, { name, intake, process, stats, logger, clock });
    started.push(receiver);
    await receiver.start();
    logger.info({ event: 'receiver.started', receiver: name, type: kind.type });
  }
}

/** Throws the first failure when all are done. */
async function stopAll(receivers: readonly Receiver[]): Promise<void> {
  const results = await Promise.allSettled(receivers.map((receiver) => receiver.stop()));
  for (const result of results) if (result.status === 'rejected') throw result.reason;
}

/** Whether the storage answers. */
async function canBeRead(backend: StorageBackend): Promise<boolean> {
  try {
    await backend.readMark('ready');
    return true;
  } catch {
    // Whoever asks wants to know that, and not why: the log says it.
    return false;
  }
}
