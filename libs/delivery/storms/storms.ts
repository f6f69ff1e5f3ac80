import { newId } from '../../domain/index.js';
import type {
  ClaimRow,
  Database,
  DeliveryEntity,
  DeliveryStore,
  IntegrationEntity,
  StormStore,
  Transaction,
} from '../../persistence/index.js';
import { progressOf } from '../delivery-rows.js';
import type { DeliveryState } from '../delivery-state.js';
import type { Wakeups } from '../wakeups.js';
import { isOn, isTakenIn, thresholdOf } from './storm-rules.js';

/** What comes within this time counts, and a storm takes in what opens so long after it was last seen to rage. */
const WITHIN_MS = 60_000;
/** When a storm has no more than this left it is looked whether it rages still. */
const LOOK_AGAIN_MS = 30_000;
/** So long a summary gathers what opens before it is shown; after that whoever takes something in sees to it. */
const GATHERING_MS = 500;

/** The storm whose summary was told of something, and when the summary is due. */
interface Told {
  readonly stormId: string;
  readonly dueAt: Date | null;
}

/** More issues at once than single messages can show: one live message shows them all. */
export class Storms {
  constructor(
    private readonly database: Database,
    private readonly store: StormStore,
    private readonly deliveries: DeliveryStore,
    private readonly wakeups: Wakeups,
  ) {}

  /** Whether a storm rages at its integration, or has the delivery taken in already. */
  async rages({ delivery, integration }: ClaimRow, now: Date): Promise<boolean> {
    if (delivery.stormId !== null) return true;
    if (!integration || thresholdOf(integration) === 0) return false;
    return isTakenIn(delivery, integration, now) || (await this.isFlooded(integration, now));
  }

  /** The summary shows it from now on. Undefined when the delivery's row is not any more as it was read. */
  async takeIn(
    row: ClaimRow,
    state: DeliveryState,
    now: Date,
  ): Promise<{ readonly stormId: string; readonly isOverdue: boolean } | undefined> {
    const { delivery, integration, issue } = row;
    if (!integration) return undefined;
    const known = await this.stormOf(row, now);
    const told = await this.telling(async (tx) => {
      const news = { memberId: delivery.id, ends: issue?.status === 'closed' };
      let stormId = known ?? (await this.rage(tx, integration, now));
      let summary = await this.store.tell(tx, stormId, news, now);
      if (!summary) {
        // It was forgotten meanwhile.
        stormId = await this.rage(tx, integration, now);
        summary = (await this.store.tell(tx, stormId, news, now))!;
      }
      const progress = progressOf({ ...state, stormId, dueAt: null });
      const rest = { id: delivery.id, version: row.version, progress, now, stormSeq: summary.seq };
      return { isDone: await this.deliveries.rest(tx, rest), stormId, dueAt: summary.dueAt };
    });
    if (!told) return undefined;
    const { stormId, dueAt } = told;
    // Where issues open still, it gathers some before the sweeper finds it.
    if (issue?.status === 'closed' && dueAt && dueAt <= now) await this.wake({ ...delivery, id: stormId });
    return { stormId, isOverdue: dueAt !== null && now.getTime() - dueAt.getTime() >= GATHERING_MS };
  }

  /** Does something by which the delivery is a member no more. False, and nothing is done, when `write` says so. */
  async leaving(
    delivery: Pick<DeliveryEntity, 'id' | 'sink' | 'integrationId' | 'stormId'>,
    now: Date,
    write: (tx: Transaction) => Promise<boolean>,
  ): Promise<boolean> {
    const { id, stormId } = delivery;
    const told = await this.telling(async (tx) => {
      const summary = stormId
        ? await this.store.tell(tx, stormId, { memberId: id, ends: true }, now)
        : undefined;
      return { isDone: await write(tx), stormId: stormId!, dueAt: summary?.dueAt ?? null };
    });
    if (told?.dueAt && told.dueAt <= now) await this.wake({ ...delivery, id: told.stormId });
    return told !== undefined;
  }

  /** A summary is due, and nobody is at hand to see to it. */
  wake({ id, sink, integrationId }: Pick<DeliveryEntity, 'id' | 'sink' | 'integrationId'>): Promise<void> {
    return this.wakeups.wake([{ id, sink, integrationId, first: true }]);
  }

  private isFlooded(integration: IntegrationEntity, now: Date): Promise<boolean> {
    const since = new Date(now.getTime() - WITHIN_MS);
    return this.store.isFlooded(this.database, integration.id, since, now, thresholdOf(integration));
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
    work: (tx: Transaction) => Promise<Told & { isDone: boolean }>,
  ): Promise<Told | undefined> {
    try {
      return await this.database.transaction(async (tx) => {
        const { isDone, ...told } = await work(tx);
        if (!isDone) throw new Raced();
        return told;
      });
    } catch (error) {
      if (error instanceof Raced) return undefined;
      throw error;
    }
  }
}

/** Rolls back what was begun for a row that somebody else has changed meanwhile. */
class Raced extends Error {}
