import type { RecordKind } from '../record/index.js';
import type { ImportTarget } from './import-target.js';
import type { ImportProgress } from './import-progress.js';
import type { ImportSource } from './import-source.js';

/** What one import is about. */
export interface ImportJob {
  readonly source: ImportSource;
  readonly backend: ImportTarget;
  readonly nowMs: number;
  /** The time that rows get whose own is lost; without it they are left out. */
  readonly undatedAsMs?: number | undefined;
  /** How long records are kept; absent when for ever. Only to say how many of them will not last. */
  readonly retentionMs?: Readonly<Partial<Record<RecordKind, number | undefined>>> | undefined;
  readonly progress: ImportProgress;
}
