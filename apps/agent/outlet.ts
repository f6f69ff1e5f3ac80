import { setTimeout as pause } from 'node:timers/promises';
import type { Clock } from '../../libs/domain/index.js';
import type { Logger } from '../../libs/observability/logging/index.js';
import type { AgentState } from './keeping/agent-state.js';
import { NO_CHANGE, type StateChange } from './keeping/place.js';
import type { BatchKind, Spool, SpooledBatch } from './keeping/spool.js';
import { addLosses, type Losses } from './losses.js';
import { bodyOf } from './sending/compress.js';
import type { Courier } from './sending/courier.js';

/** Older measurements of the host help nobody. */
export const MAX_SAMPLE_AGE_MS = 10 * 60_000;
const DISK_RETRY_MS = 5_000;

/** Lines that go out together. */
export interface Batch {
  readonly kind: BatchKind;
  readonly lines: readonly string[];
  readonly change: StateChange;
}

interface OutletOptions {
  readonly state: AgentState;
  readonly spool: Spool;
  readonly courier: Courier;
  readonly clock: Clock;
  readonly logger: Logger;
  /** For how long the hub may be away before batches go to the spool. */
  readonly awayAfterMs: number;
  readonly stopping: AbortSignal;
}

/** Where batches leave: to the hub, or to the spool while it is away; in order, one at a time. */
export class Outlet {
  #draining: Promise<void> = Promise.resolve();
  #isDraining = false;

  constructor(private readonly options: OutletOptions) {}

  get isAway(): boolean {
    const { courier, awayAfterMs } = this.options;
    return courier.failingForMs > 0 && courier.failingForMs >= awayAfterMs;
  }

  /** Sends what waits in the spool, if anything does and it is not being sent already. */
  drain(): void {
    if (this.#isDraining || this.options.spool.isEmpty) return;
    this.#isDraining = true;
    this.#draining = this.#drainSpool()
      .catch((error: unknown) => this.#tellOfDisk(error))
      .finally(() => (this.#isDraining = false));
  }

  /** Resolves when nothing of the spool is under way. */
  async settled(): Promise<void> {
    await this.#draining;
  }

  /**
   * Resolves with true when the batch is at the hub or on disk, and remembered. Only an agent that stops gets false: then
   * it is neither, and nothing that comes after it in its files may be taken any more.
   */
  async take({ kind, lines, change }: Batch): Promise<boolean> {
    const { spool, courier, awayAfterMs, stopping } = this.options;
    if (lines.length === 0) return this.#commit(change);
    let body = bodyOf(lines);
    let whole = change;
    if (spool.isEmpty) {
      const patienceMs = this.isAway || stopping.aborted ? 0 : awayAfterMs;
      const { left, refused } = await courier.deliver(body, patienceMs);
      whole = { ...change, losses: addLosses(change.losses, { lines: refused }) };
      if (left === 'nothing') return this.#commit(whole);
      if (left === 'all' && stopping.aborted) return false;
      if (left !== 'all') body = left;
    }
    return this.#put({ kind, lineCount: lines.length, body, change: whole });
  }

  async #put(batch: {
    kind: BatchKind;
    lineCount: number;
    body: Buffer;
    change: StateChange;
  }): Promise<boolean> {
    const { spool, clock } = this.options;
    await this.#dropStale();
    const stored = await this.#persistently(() =>
      spool.write({ ...batch, atMs: clock.now().getTime() }, batch),
    );
    if (stored === undefined) return false;
    // Not before its lines count as read: were it sent and gone when the agent dies, they would be read again.
    await this.#commit(batch.change, stored.sequence);
    spool.add(stored);
    this.drain();
    return true;
  }

  async #drainSpool(): Promise<void> {
    const { spool, stopping } = this.options;
    for (let [head] = spool.batches; head !== undefined && !stopping.aborted; [head] = spool.batches) {
      const leftMs = this.#lifetimeMs(head);
      if (leftMs <= 0) await this.#drop(head, { samples: head.lineCount });
      else await this.#send(head, leftMs);
    }
  }

  async #send(head: SpooledBatch, patienceMs: number): Promise<void> {
    const { spool, courier } = this.options;
    try {
      const { left, refused } = await courier.deliver((await spool.read(head)).body, patienceMs);
      if (left === 'nothing') await this.#drop(head, { lines: refused });
      else if (left !== 'all') {
        await spool.replaceBody(head, left);
        await this.#commit({ losses: addLosses(NO_CHANGE.losses, { lines: refused }) });
      }
    } catch (error) {
      this.options.logger.error({
        event: 'spool.damaged',
        batch: head.sequence,
        reason: (error as Error).message,
      });
      await this.#drop(head, { lines: head.lineCount });
    }
  }

  async #drop(head: SpooledBatch, losses: Partial<Losses>): Promise<void> {
    await this.options.spool.remove(head);
    const change = { losses: addLosses(NO_CHANGE.losses, losses) };
    if (Object.values(losses).some((count) => count > 0)) await this.#commit(change);
  }

  /** Those that wait behind others; the first may be under way. */
  async #dropStale(): Promise<void> {
    for (const batch of this.options.spool.batches.slice(1))
      if (this.#lifetimeMs(batch) <= 0) await this.#drop(batch, { samples: batch.lineCount });
  }

  #lifetimeMs({ kind, atMs }: SpooledBatch): number {
    if (kind === 'logs') return Number.POSITIVE_INFINITY;
    return atMs + MAX_SAMPLE_AGE_MS - this.options.clock.now().getTime();
  }

  /** What cannot be written now counts for this run, and is written with the next. */
  async #commit(change: Partial<StateChange>, spooled?: number): Promise<true> {
    await this.options.state.commit(change, spooled).catch((error: unknown) => this.#tellOfDisk(error));
    return true;
  }

  /** A full disk is waited out; undefined when the agent stops meanwhile. */
  async #persistently<Result>(work: () => Promise<Result>): Promise<Result | undefined> {
    for (;;) {
      try {
        return await work();
      } catch (error) {
        this.#tellOfDisk(error);
        const goesOn = await pause(DISK_RETRY_MS, true, { signal: this.options.stopping }).catch(() => false);
        if (!goesOn) return undefined;
      }
    }
  }

  #tellOfDisk(error: unknown): void {
    this.options.logger.error({ event: 'state.not.written', reason: (error as Error).message });
  }
}
