import { z } from 'zod';
import type { StatsInfo } from '../stats/index.js';
import type { BackendSettings } from '../storage/storage-settings.js';
import { readBackend } from './backend-section.js';
import { goDuration } from './go-duration.js';
import { leaveOutEmpty, readMembers, type Section } from './section.js';
import { readSettings } from './settings.js';

/** What is kept, where, and for how long. */
export interface StorageSettings {
  /** Events that are older are deleted. */
  readonly retentionMs: number;
  /** As `retentionMs`, of logs; undefined: they are kept for ever. */
  readonly logRetentionMs: number | undefined;
  readonly isStoringLogs: boolean;
  readonly backend: BackendSettings;
  /** Durations as they are written in the file, for `/api/stats`. */
  readonly info: StatsInfo;
}

const DEFAULT_TEXTS = { retention_time: '24h', flush_time: '1s' } as const;
const retention = goDuration.refine((durationMs) => durationMs > 0, 'must be longer than zero');
const count = z.int().min(1);
const storage = z.object({
  retention_time: retention,
  log_retention_time: retention.optional(),
  store_logs: z.boolean().default(true),
  flush_time: goDuration,
  batch_size: count.default(20),
  max_process: count.default(10),
});
/** What the original needs to gather messages: they are stored at once here, as many together as came meanwhile. */
const WITHOUT_EFFECT = ['flush_time', 'batch_size', 'max_process'];

/** Undefined when something is wrong, which is said. */
export function readStorage({ object, place }: Section): StorageSettings | undefined {
  const { backend: rawBackend, ...given } = readMembers(
    object,
    [...Object.keys(storage.shape), 'backend'],
    place,
  );
  leaveOutEmpty(given, ['retention_time', 'log_retention_time', 'flush_time'], place);
  for (const key of WITHOUT_EFFECT) {
    if (Object.hasOwn(given, key)) place.at(key).note('has no effect: everything is stored at once');
  }
  const members = { ...DEFAULT_TEXTS, ...given };
  const settings = readSettings(storage, members, place);
  const backend = readBackend(rawBackend, place.at('backend'));
  if (settings === undefined || backend === undefined) return undefined;
  return {
    retentionMs: settings.retention_time,
    logRetentionMs: settings.log_retention_time,
    isStoringLogs: settings.store_logs,
    backend,
    info: {
      retention_time: members.retention_time,
      flush_time: members.flush_time,
      backend_type: backend.type,
    },
  };
}
