import type pg from 'pg';
import type { Clock } from '../../../domain/index.js';
import type { EventRecord, RecordKind } from '../../record/index.js';
import { makeParts } from './part-catalog.js';
import { holds, partWidthMs, type Part } from './part-plan.js';

const PREPARE_EVERY_MS = 10 * 60_000;

/** Sees to it that there are parts for what is stored: those of now and next ahead of need, others when they are needed. */
export class PartKeeper {
  private readonly widthMs: number;
  /** Those that are known to be there. Another process may drop one: then `forgetKnown` helps. */
  private known: readonly Part[] = [];
  private preparedUntilMs = -Infinity;

  constructor(
    private readonly pool: pg.Pool,
    private readonly kind: RecordKind,
    keptMs: number | undefined,
    private readonly clock: Clock,
  ) {
    this.widthMs = partWidthMs(keptMs);
  }

  /** Makes the parts for all of them. Costs a comparison for each as long as there are. */
  async cover(records: readonly EventRecord[]): Promise<void> {
    let last: Part | undefined;
    const missing = new Set<number>();
    for (const { timeMs } of records) {
      if (last && holds(last, timeMs)) continue;
      const found = this.known.find((part) => holds(part, timeMs));
      if (found) last = found;
      else missing.add(timeMs);
    }
    if (missing.size > 0) await this.make(missing);
  }

  /** Makes the parts that will be needed next, so that nobody has to wait for them. At most every ten minutes. */
  async prepare(): Promise<void> {
    const nowMs = this.clock.now().getTime();
    if (nowMs < this.preparedUntilMs && nowMs > this.preparedUntilMs - PREPARE_EVERY_MS) return;
    this.preparedUntilMs = nowMs + PREPARE_EVERY_MS;
    await this.make([nowMs, nowMs + this.widthMs]);
  }

  /** After one of them turned out not to be there. */
  forgetKnown(): void {
    this.known = [];
  }

  private async make(timesMs: Iterable<number>): Promise<void> {
    this.known = await makeParts(this.pool, this.kind, timesMs, this.clock.now().getTime(), this.widthMs);
  }
}
