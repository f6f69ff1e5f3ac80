import type { Clock, StreamEntry } from '../../domain/index.js';
import type { Logger } from '../../observability/index.js';
import type {
  ClaimedCursor,
  CursorPlace,
  CursorRest,
  Database,
  Refused,
  RejectedEntryStore,
  StreamCursorStore,
  StreamStretch,
} from '../../persistence/index.js';
import type { Memory } from '../../sinks/index.js';
import { persistently } from '../persistently.js';
import { advance, type Advance, type Progress } from './cursor-progress.js';
import type { Ended } from './parcel-end.js';

/** A cursor that is not recorded for so long, in milliseconds, belongs to nobody: its worker died. */
const LEASE_MS = 20_000;
/** A lease that has less left than a call may take is renewed before it. */
const LEFT_MS = 14_000;
const NONE = new Uint8Array();

/** Somebody else has the cursor, or it has ended. */
export class CursorLost extends Error {}

export interface HolderParts {
  readonly database: Database;
  readonly cursors: StreamCursorStore;
  readonly rejected: RejectedEntryStore;
  readonly clock: Clock;
  readonly logger: Logger;
}

export const leaseUntil = (now: Date): Date => new Date(now.getTime() + LEASE_MS);

/** A cursor that is ours for now: what is settled is recorded step by step, each step whole. */
export class CursorHolder {
  private progress: Progress;
  private leasedUntilMs: number;
  /** It was moved back: what a sink would remember of what it packed before is of later entries than those that come next. */
  private isRewound = false;
  /** Steps are taken one after the other, whichever lane they are of. */
  private steps: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly parts: HolderParts,
    readonly cursor: ClaimedCursor,
    private readonly token: string,
    leasedUntil: Date,
  ) {
    this.progress = { place: cursor.place, memory: cursor.memory };
    this.leasedUntilMs = leasedUntil.getTime();
  }

  get place(): Progress['place'] {
    return this.progress.place;
  }

  get memory(): Memory {
    return this.progress.memory;
  }

  /** Failed calls in a row, and since when: what has come on since the claim fails no more. */
  get setbacks(): Pick<ClaimedCursor, 'failures' | 'failingSince'> {
    const { failures, failingSince, place } = this.cursor;
    return this.place.position > place.position
      ? { failures: 0, failingSince: null }
      : { failures, failingSince };
  }

  /** Records that these entries of the stretch are settled. Throws `CursorLost`; then nothing is recorded. */
  settle(ended: readonly Ended[], patch: Memory | undefined, stretch: StreamStretch): Promise<void> {
    return this.inTurn(() => this.record(ended, patch, stretch));
  }

  /**
   * Sees to it that nobody takes it during a call that begins now. Resolves with false when no call may be made any more,
   * because the integration is not as it was at `version`. Throws `CursorLost`.
   */
  keep(version: Date): Promise<boolean> {
    return this.inTurn(async () => {
      const { cursors, database, clock } = this.parts;
      const now = clock.now();
      if (this.leasedUntilMs - now.getTime() < LEFT_MS) {
        const until = leaseUntil(now);
        await cursors.renew(database, this.cursor.id, this.token, until);
        this.leasedUntilMs = until.getTime();
      }
      const standing = await cursors.standing(database, this.cursor.id, this.token, version);
      if (standing === 'lost') throw new CursorLost();
      return standing === 'held';
    });
  }

  /** Gives it back. */
  async release(rest: CursorRest): Promise<void> {
    await this.steps;
    const { cursors, database, logger } = this.parts;
    await persistently(logger, () => cursors.release(database, this.cursor.id, this.token, rest));
  }

  private inTurn<Result>(step: () => Promise<Result>): Promise<Result> {
    const taken = this.steps.then(step);
    this.steps = taken.catch(() => undefined);
    return taken;
  }

  private async record(
    ended: readonly Ended[],
    patch: Memory | undefined,
    stretch: StreamStretch,
  ): Promise<void> {
    for (;;) {
      const next = advance(this.progress, ended, this.isRewound ? undefined : patch, stretch);
      if (await persistently(this.parts.logger, () => this.write(next, ended, stretch))) {
        this.progress = next.progress;
        return;
      }
      // What it had not settled may have been forgotten meanwhile, or recorded by a write that seemed to fail; what it had may
      // be wanted again: then that is where it is.
      const { cursors, database } = this.parts;
      const found = await cursors.find(database, this.cursor.id, this.token);
      const { place } = this.progress;
      if (!found || isAt(found.place, place)) throw new CursorLost();
      this.isRewound ||= found.place.position < place.position;
      this.progress = found;
    }
  }

  private async write(
    { progress, ends }: Advance,
    ended: readonly Ended[],
    stretch: StreamStretch,
  ): Promise<boolean> {
    const { database, cursors, clock } = this.parts;
    const now = clock.now();
    const step = {
      from: this.progress.place,
      to: progress.place,
      ends,
      memory: progress.memory,
      leaseUntil: leaseUntil(now),
      succeededAt: ends.delivered > 0 ? now : null,
    };
    const refused = ends.rejected > 0 ? refusedOf(ended, stretch) : [];
    const { id } = this.cursor;
    this.leasedUntilMs = step.leaseUntil.getTime();
    if (refused.length === 0) return cursors.step(database, id, this.token, step);
    return database.transaction(async (tx) => {
      const { integrationId, streamId } = this.cursor;
      if (!(await cursors.step(tx, id, this.token, step))) return false;
      await this.parts.rejected.add(tx, integrationId, streamId, refused, now);
      return true;
    });
  }
}

const isAt = (one: CursorPlace, other: CursorPlace): boolean =>
  one.position === other.position && Buffer.compare(one.ahead ?? NONE, other.ahead ?? NONE) === 0;

function refusedOf(ended: readonly Ended[], { entries }: StreamStretch): Refused[] {
  const bySeq = new Map<number, StreamEntry>(entries.map((entry) => [entry.seq, entry]));
  return ended.flatMap(({ seqs, end, failure }) =>
    end !== 'rejected' || !failure
      ? []
      : seqs.flatMap((seq) => {
          const entry = bySeq.get(seq);
          return entry ? [{ entry, failure }] : [];
        }),
  );
}
