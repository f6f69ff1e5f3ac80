import { describe, expect, it } from 'vitest';
import { silentLogger } from '../../observability/index.js';
import { ManualClock, waitUntil } from '../../testing/index.js';
import type { RecordKind } from '../record/index.js';
import { EventStoreStats } from '../stats/index.js';
import { StorageUnavailable } from '../storage/index.js';
import { nextDaily, type Schedule } from './daily.js';
import { Retention } from './retention.js';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const INFO = { retention_time: '24h', flush_time: '1s', backend_type: 'postgres' };

/** A clock whose passing fires what was scheduled by it. */
class Rig {
  readonly clock = new ManualClock('2026-01-10T12:00:00Z');
  readonly stats = new EventStoreStats();
  readonly forgotten: { readonly kind: RecordKind; readonly upToMs: number }[] = [];
  answer: () => Promise<number> = () => Promise.resolve(1);
  private planned: { readonly atMs: number; readonly work: () => void } | undefined;
  readonly delaysMs: number[] = [];
  private readonly schedule: Schedule = (delayMs, work) => {
    this.delaysMs.push(delayMs);
    this.planned = { atMs: this.nowMs() + delayMs, work };
    return () => (this.planned = undefined);
  };

  retention(policy: Readonly<Record<RecordKind, number | undefined>>): Retention {
    const backend = {
      forget: (kind: RecordKind, upToMs: number): Promise<number> => {
        this.forgotten.push({ kind, upToMs });
        return this.answer();
      },
    };
    const { stats, clock, schedule } = this;
    return new Retention({ backend, policy, stats, clock, schedule, logger: silentLogger });
  }

  nowMs = (): number => this.clock.now().getTime();
  isPlanned = (): boolean => this.planned !== undefined;
  untilPlanned = (): Promise<boolean> => waitUntil(this.isPlanned, { what: 'the next run to be planned' });

  /** Lets that time pass, timer by timer. */
  async pass(durationMs: number): Promise<void> {
    const endMs = this.nowMs() + durationMs;
    for (;;) {
      await this.untilPlanned();
      const { atMs, work } = this.planned!;
      if (atMs > endMs) break;
      this.clock.set(new Date(Math.max(atMs, this.nowMs())));
      this.planned = undefined;
      work();
    }
    this.clock.set(new Date(Math.max(endMs, this.nowMs())));
  }
}

describe('retention', () => {
  it('D3: runs when it starts, and every day at 03:00 by the clock of the machine', async () => {
    const rig = new Rig();
    const started = rig.nowMs();
    const first = nextDaily(3, rig.clock.now());
    const second = nextDaily(3, first);
    rig.retention({ event: DAY_MS, log: undefined }).start();
    await rig.pass(first.getTime() - started - 1);
    expect(rig.forgotten).toEqual([{ kind: 'event', upToMs: started - DAY_MS }]);
    await rig.pass(2 * DAY_MS);
    expect(rig.forgotten.map(({ upToMs }) => upToMs + DAY_MS)).toEqual([
      started,
      first.getTime(),
      second.getTime(),
    ]);
    expect(first.getHours()).toBe(3);
  });

  it('D16: keeps logs for ever unless it is told for how long', async () => {
    const rig = new Rig();
    rig.retention({ event: DAY_MS, log: undefined }).start();
    await rig.pass(3 * DAY_MS);
    expect(new Set(rig.forgotten.map(({ kind }) => kind))).toEqual(new Set(['event']));

    const both = new Rig();
    both.retention({ event: DAY_MS, log: 7 * DAY_MS }).start();
    await both.untilPlanned();
    expect(both.forgotten).toEqual([
      { kind: 'event', upToMs: both.nowMs() - DAY_MS },
      { kind: 'log', upToMs: both.nowMs() - 7 * DAY_MS },
    ]);
  });

  it('D15: counts a delete that fails, and neither statistics nor later runs wait for it', async () => {
    const rig = new Rig();
    rig.answer = () => Promise.reject(new StorageUnavailable('the table is gone'));
    rig.retention({ event: DAY_MS, log: DAY_MS }).start();
    await rig.untilPlanned();
    expect(rig.stats.view(INFO)).toMatchObject({
      manager: { errors: { retention_failed: 2 } },
      backend: { errors: { delete_sql_exec_failed: 2 }, status: {} },
    });
    rig.answer = () => Promise.resolve(5);
    await rig.pass(5 * 60_000);
    await rig.untilPlanned();
    expect(rig.stats.view(INFO).backend.status).toEqual({ deletes: 10 });
    expect(rig.forgotten).toHaveLength(4);
  });

  it('is not held up in starting by a delete that takes long, and does not start another one meanwhile', () => {
    const rig = new Rig();
    rig.answer = () => new Promise(() => undefined);
    rig.retention({ event: DAY_MS, log: undefined }).start();
    expect(rig.forgotten).toHaveLength(1);
    expect(rig.isPlanned()).toBe(false);
  });

  it('looks at the clock every hour at the least: a machine may have slept, or its clock been set', async () => {
    const rig = new Rig();
    rig.retention({ event: DAY_MS, log: undefined }).start();
    await rig.untilPlanned();
    rig.clock.advance(5 * DAY_MS);
    const before = rig.forgotten.length;
    await rig.pass(HOUR_MS);
    expect(rig.forgotten.length).toBe(before + 1);
    expect(Math.max(...rig.delaysMs)).toBeLessThanOrEqual(HOUR_MS);
  });

  it('begins nothing once it is stopped, not even after the delete that runs', async () => {
    const rig = new Rig();
    const retention = rig.retention({ event: DAY_MS, log: undefined });
    retention.start();
    await rig.untilPlanned();
    await retention.stop();
    expect(rig.isPlanned()).toBe(false);

    const { promise, resolve } = Promise.withResolvers<number>();
    const busy = new Rig();
    busy.answer = () => promise;
    const stopped = busy.retention({ event: DAY_MS, log: DAY_MS });
    stopped.start();
    await stopped.stop();
    resolve(3);
    await waitUntil(() => busy.stats.view(INFO).backend.status.deletes === 3, { what: 'the delete' });
    expect(busy.forgotten).toHaveLength(1);
    expect(busy.isPlanned()).toBe(false);
  });
});
