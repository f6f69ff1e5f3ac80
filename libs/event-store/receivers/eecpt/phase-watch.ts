import type { Point } from '../../line-protocol/index.js';
import type { ReceiverParts } from '../receiver.js';
import type { EecptSettings } from './eecpt.schema.js';
import { StorageRefused } from '../../storage/storage-backend.js';
import { PhaseDetector, type JobName, type TaskValue } from './phase-detector.js';

/** Numbers that all jobs together may have in memory, and tasks that there may be: each costs more than its numbers. */
const MAX_VALUES = 2_000_000;
const MAX_TASKS = 200_000;
/** Events that wait for the storage. */
const MAX_OWED = 10_000;
/** A job that sends nothing for so many analyses, and for an hour, has ended. */
const SILENT_ANALYSES = 12;
const SILENT_MS = 3_600_000;

/** Looks at the jobs every so often, and puts an event into the store for each that came into another phase. */
export class PhaseWatch {
  private readonly detector: PhaseDetector;
  /** Events that could not be stored yet. */
  private owed: Point[] = [];
  private timer: NodeJS.Timeout | undefined;
  private underWay: Promise<void> = Promise.resolve();
  private isBusy = false;

  constructor(
    private readonly settings: EecptSettings,
    private readonly parts: ReceiverParts,
  ) {
    const bufferSize = settings.analysis_buffer_size;
    this.detector = new PhaseDetector({
      bufferSize,
      maxTasks: Math.min(MAX_TASKS, Math.floor(MAX_VALUES / bufferSize)),
    });
  }

  start(): void {
    const turn = (): void => {
      if (!this.isBusy) this.underWay = this.analyse();
    };
    this.timer = setInterval(turn, Math.min(this.settings.analysis_interval, 2_147_483_647));
  }

  /** Waits for an analysis that is under way. */
  async stop(): Promise<void> {
    clearInterval(this.timer);
    await this.underWay;
  }

  take(values: readonly TaskValue[]): void {
    const nowMs = this.nowMs();
    const left = values.filter((value) => !this.detector.take(value, nowMs)).length;
    if (left > 0) this.parts.logger.warn({ event: 'tasks.left.out', receiver: this.parts.name, count: left });
  }

  /** Never rejects. */
  async analyse(): Promise<void> {
    const { parts, settings, detector } = this;
    this.isBusy = true;
    try {
      detector.forget(this.nowMs() - Math.max(SILENT_MS, SILENT_ANALYSES * settings.analysis_interval));
      const events = detector.changed().map((job) => regionEvent(job, this.nowMs()));
      this.owed.push(...events);
      const dropped = this.owed.splice(0, this.owed.length - MAX_OWED).length;
      if (dropped > 0) parts.stats?.count('manager.status', 'dropped_full', dropped);
      if (this.owed.length === 0) return;
      const told = this.owed;
      await parts.intake.writePoints(told, { cluster: settings.cluster, process: parts.process });
      this.owed = [];
    } catch (error) {
      // There is no use in trying these again.
      if (error instanceof StorageRefused) this.owed = [];
      const reason = error instanceof Error ? error.message : String(error);
      parts.logger.warn({
        event: 'regions.not.stored',
        receiver: parts.name,
        waiting: this.owed.length,
        reason,
      });
    } finally {
      this.isBusy = false;
    }
  }

  private nowMs(): number {
    return this.parts.clock.now().getTime();
  }
}

/** That a job came into another phase, as cc-lib says it; with the cluster that its values named. */
function regionEvent({ cluster, job }: JobName, nowMs: number): Point {
  const tags = new Map([
    ['type', 'node'],
    ['stype', 'application'],
    ['stype-id', job],
  ]);
  if (cluster !== undefined) tags.set('cluster', cluster);
  const fields = new Map([['event', 'region changed']]);
  return { series: { name: 'region', tags }, fields, timeMs: nowMs, hasTime: true };
}
