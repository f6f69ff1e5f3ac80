import { newId } from '../../domain/index.js';
import type {
  ClaimRow,
  Database,
  DeliveryEntity,
  DeliveryStore,
  IntegrationEntity,
  StormCardStore,
  StormStore,
  Transaction,
} from '../../persistence/index.js';
import { progressOf } from '../delivery-rows.js';
import type { DeliveryState } from '../delivery-state.js';
import type { Subject } from '../subject.js';
import type { Wakeups } from '../wakeups.js';
import { isOn, thresholdOf } from './storm-rules.js';
import { ITEMS_AT_MOST, stormCard, stormSubject } from './storm-subject.js';

/** What comes within this time counts, and a storm takes in what opens so long after it was last seen to rage. */
const WITHIN_MS = 60_000;
/** When a storm has no more than this left it is looked whether it rages still. */
const LOOK_AGAIN_MS = 30_000;
/** More issues at once than single messages can show: one live message shows them all. */
export class Storms {
  constructor(
    private readonly database: Database,
    private readonly store: StormStore,
    private readonly cards: StormCardStore,
    private readonly deliveries: DeliveryStore,
    private readonly wakeups: Wakeups,
    private readonly publicUrl: string | undefined,
  ) {}

  async subjectOf({ delivery, integration }: ClaimRow, now: Date): Promise<Subject> {
    const projectId = integration?.projectId ?? '';
    const row = await this.cards.read(this.database, delivery.id, projectId, ITEMS_AT_MOST);
    return stormSubject(stormCard(row, integration, this.publicUrl, now), delivery.acceptedSeq);
  }

  /** Whether a storm rages at its integration, or has the delivery taken in already. */
  async rages({ delivery, integration }: ClaimRow, now: Date): Promise<boolean> {
    if (delivery.stormId !== null) return true;
    if (!integration || thresholdOf(integration) === 0) return false;
    return isOn(integration, now) || (await this.isFlooded(integration, now));
  }

  /** The summary shows it from now on. False when the delivery's row is not any more as it was read. */
  async takeIn(row: ClaimRow, state: DeliveryState, now: Date): Promise<boolean> {
    const { delivery, integration, issue } = row;
    if (!integration) return false;
    const known = await this.stormOf(row, now);
    return this.telling(delivery.sink, now, async (tx) => {
      const news = issue?.status === 'closed';
      let stormId = known ?? (await this.rage(tx, integration, now));
      let told = await this.store.tell(tx, stormId, news, now);
      if (!told) {
        // It was forgotten meanwhile.
        stormId = await this.rage(tx, integration, now);
        told = (await this.store.tell(tx, stormId, news, now))!;
      }
      const progress = progressOf({ ...state, stormId, dueAt: null });
      const rest = { id: delivery.id, version: row.version, progress, now, stormSeq: told.seq };
      return { isDone: await this.deliveries.rest(tx, rest), stormId, dueAt: told.dueAt };
    });
  }

  /** Does something that changes what the summary has to show. False, and nothing is done, when `write` says so. */
  async leaving(
    { sink, stormId }: Pick<DeliveryEntity, 'sink' | 'stormId'>,
    now: Date,
    write: (tx: Transaction) => Promise<boolean>,
  ): Promise<boolean> {
    return this.telling(sink, now, async (tx) => {
      const told = stormId ? await this.store.tell(tx, stormId, true, now) : undefined;
      return { isDone: await write(tx), stormId: stormId!, dueAt: told?.dueAt ?? null };
    });
  }

  /**
   * Stores what became of a summary, and what this means for its members, at once. Undefined, and nothing is done, when
   * `write` writes nothing.
   */
  async settling<Written>(
    before: Pick<DeliveryEntity, 'id' | 'integrationId' | 'settledSeq'>,
    next: DeliveryState,
    now: Date,
    write: (tx: Transaction) => Promise<Written>,
  ): Promise<Written | undefined> {
    return this.unlessRaced(async (tx) => {
      if (next.mirror.shown?.status === 'closed') await this.store.end(tx, before.id, before.integrationId);
      const written = await write(tx);
      if (!written) throw new Raced();
      if (next.parked) await this.store.park(tx, before.id);
      if (next.settledSeq > before.settledSeq && next.lastEnd) {
        await this.store.settle(tx, before.id, next.settledSeq, next.lastEnd, now);
      }
      return written;
    });
  }

  private isFlooded(integration: IntegrationEntity, now: Date): Promise<boolean> {
    const since = new Date(now.getTime() - WITHIN_MS);
    return this.store.isFlooded(this.database, integration.id, since, thresholdOf(integration));
  }

  /** The storm that takes it in; undefined when one is to begin, or is to go on for longer. */
  private async stormOf({ delivery, integration }: ClaimRow, now: Date): Promise<string | undefined> {
    // What a storm has already does not prolong it.
    if (delivery.stormId !== null) return delivery.stormId;
    if (!integration?.stormId || !isOn(integration, now)) return undefined;
    const leftMs = integration.stormUntil!.getTime() - now.getTime();
    return leftMs < LOOK_AGAIN_MS && (await this.isFlooded(integration, now))
      ? undefined
      : integration.stormId;
  }

  /** Begins a storm, or goes on with the one that rages, whoever has begun it. Resolves with its id. */
  private async rage(tx: Transaction, integration: IntegrationEntity, now: Date): Promise<string> {
    const raging = await this.store.lock(tx, integration.id);
    const stormId = raging && isOn(raging, now) ? raging.stormId! : newId(now);
    const stormUntil = new Date(now.getTime() + WITHIN_MS);
    await this.store.rage(tx, integration.id, integration.sink, { stormId, stormUntil }, now);
    return stormId;
  }

  private async telling(
    sink: string,
    now: Date,
    work: (tx: Transaction) => Promise<{ isDone: boolean; stormId: string; dueAt: Date | null }>,
  ): Promise<boolean> {
    const told = await this.unlessRaced(async (tx) => {
      const { isDone, ...summary } = await work(tx);
      if (!isDone) throw new Raced();
      return summary;
    });
    if (told?.dueAt && told.dueAt <= now) await this.wakeups.wake([{ id: told.stormId, sink }]);
    return told !== undefined;
  }

  private async unlessRaced<Result>(work: (tx: Transaction) => Promise<Result>): Promise<Result | undefined> {
    try {
      return await this.database.transaction(work);
    } catch (error) {
      if (error instanceof Raced) return undefined;
      throw error;
    }
  }
}

/** Rolls back what was begun for a row that somebody else has changed meanwhile. */
class Raced extends Error {}
