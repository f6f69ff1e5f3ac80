import type { Clock } from '../../domain/index.js';
import type { Logger } from '../../observability/logging/index.js';
import {
  forEachPoint,
  forEachReadablePoint,
  LineProtocolError,
  type Objection,
  type Point,
} from '../line-protocol/index.js';
import type { LineOptions, ReceiverIntake } from '../receivers/receiver.js';
import { NO_CLUSTER, RecordSorter, type EventRecord } from '../record/index.js';
import type { EventStoreStats } from '../stats/index.js';
import type { RecordWriter } from './record-writer.js';

export interface LineIntakeParts {
  readonly writer: RecordWriter;
  readonly stats: EventStoreStats;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Whether log lines are kept; events always are. */
  readonly storesLogs: boolean;
}

/** Takes in line protocol, for the API and for receivers: read, processed, sorted, and stored when it resolves. */
export class LineIntake implements ReceiverIntake {
  constructor(private readonly parts: LineIntakeParts) {}

  async write(body: Buffer, options: LineOptions): Promise<void> {
    const sorter = new RecordSorter(options);
    try {
      forEachPoint(body, { nowMs: this.nowMs() }, processed(sorter, options));
    } catch (error) {
      if (error instanceof LineProtocolError) this.noteUnreadable([error], 1);
      throw error;
    }
    await this.store(sorter);
  }

  async writeReadable(body: Buffer, options: LineOptions): Promise<readonly LineProtocolError[]> {
    const sorter = new RecordSorter(options);
    const { count, errors } = forEachReadablePoint(body, { nowMs: this.nowMs() }, processed(sorter, options));
    await this.store(sorter);
    // Only now: what could not be stored comes again.
    this.noteUnreadable(errors, count);
    return errors;
  }

  async writePoints(points: readonly Point[], options: LineOptions): Promise<void> {
    const sorter = new RecordSorter(options);
    const take = processed(sorter, options);
    for (const point of points) {
      const objection = take(point);
      if (objection === undefined) continue;
      this.parts.stats.count('backend.errors', 'write_no_cluster_tag');
      this.parts.logger.warn({ event: 'point.left.out', name: point.series.name, reason: objection });
    }
    await this.store(sorter);
  }

  private nowMs(): number {
    return this.parts.clock.now().getTime();
  }

  private async store({ records, others }: RecordSorter): Promise<void> {
    const { writer, stats } = this.parts;
    const kept = this.kept(records);
    const strangers = others.metric + others.control + others.other;
    await writer.append(kept);
    stats.count('manager.status', 'processed', records.length + strangers);
    if (strangers > 0) stats.count('backend.errors', 'write_invalid_message_type', strangers);
    if (kept.length < records.length)
      stats.count('manager.status', 'dropped_logs', records.length - kept.length);
  }

  private kept(records: readonly EventRecord[]): readonly EventRecord[] {
    return this.parts.storesLogs ? records : records.filter(({ kind }) => kind !== 'log');
  }

  private noteUnreadable(errors: readonly LineProtocolError[], count: number): void {
    if (count === 0) return;
    const { stats } = this.parts;
    stats.count('manager.errors', 'unreadable_lines', count);
    const clusterless = errors.filter(({ reason }) => reason === NO_CLUSTER).length;
    if (clusterless > 0) stats.count('backend.errors', 'write_no_cluster_tag', clusterless);
  }
}

/** What takes each point, after a receiver's processing. */
const processed =
  (sorter: RecordSorter, { process }: LineOptions) =>
  (point: Point): Objection => {
    const result = process ? process(point) : point;
    return result && sorter.take(result);
  };
