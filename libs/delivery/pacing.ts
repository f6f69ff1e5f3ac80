import type {
  ClaimRow,
  Database,
  DeliveryEntity,
  IntegrationEntity,
  PaceStore,
  Place,
  Queryable,
} from '../persistence/index.js';
import type { Pace } from '../sinks/index.js';
import type { CallStep } from './decide.js';
import type { DeliveryState } from './delivery-state.js';
import type { PlaceAlarms } from './place-alarms.js';
import type { SinkConnections } from './sink-connections.js';

/** When a call may be made, and what is written down if that is not now. */
export type PlaceInLine = Omit<Place, 'slotAt'> & { readonly slotAt: Date | null };

/** Holds calls to the pace that their sink allows, all dispatchers together. */
export class Pacing {
  constructor(
    private readonly database: Database,
    private readonly store: PaceStore,
    private readonly connections: SinkConnections,
    private readonly alarms: PlaceAlarms,
  ) {}

  /**
   * When this call may be made: now, or when its place has come. Each call waits for a place of its own, so that those that
   * wait do not all come at once; only a storm's summary, which stands for many, goes before those that wait. Undefined
   * when the row is not any more as it was read.
   */
  async placeFor(
    step: CallStep,
    { delivery, version }: Pick<ClaimRow, 'delivery' | 'version'>,
    integration: IntegrationEntity,
    now: Date,
    db: Queryable = this.database,
  ): Promise<PlaceInLine | undefined> {
    const pace = this.paceOf(step, integration);
    if (!pace) return { isNow: true, at: now, version, slotAt: null };
    const { slotAt } = delivery;
    if (delivery.subjectType === 'storm')
      return this.before(db, pace, { version, slotAt: null }, integration.id, now);
    if (slotAt) {
      const turn = await this.store.use(db, pace, slotAt, now);
      // Who has been passed by many goes next, rather than after all of them.
      return turn
        ? { ...turn, version, slotAt }
        : this.before(db, pace, { version, slotAt }, integration.id, now);
    }
    await this.store.shorten(db, pace, integration.id, now);
    const taken = await this.store.take(db, { id: delivery.id, version }, pace, now);
    if (!taken?.isNow) return taken;
    const used = await this.store.use(db, pace, taken.slotAt, now);
    return used && { ...taken, ...used };
  }

  /**
   * A call has ended. Between the use of its place and its request's leaving lies what a busy hub makes of it; where only one
   * may go at a time, the next one's time counts from here.
   */
  async ended(call: DeliveryState['call'], integration: IntegrationEntity, now: Date): Promise<void> {
    const pace = call?.action === 'open' ? this.paceOf({ do: 'post' }, integration) : undefined;
    if (pace?.burst === 1) await this.store.ended(this.database, pace, now);
  }

  /** Wakes it when its place has come. The sweeper would, too, but late, and a place that is used late holds others up. */
  wakeAt({ id, sink, integrationId, subjectType }: DeliveryEntity, place: Date, now: Date): void {
    const first = subjectType === 'storm';
    this.alarms.set({ id, sink, integrationId, first }, place.getTime() - now.getTime());
  }

  /** Goes before all that wait. */
  private async before(
    db: Queryable,
    pace: Pace,
    kept: Pick<PlaceInLine, 'version' | 'slotAt'>,
    integrationId: string,
    now: Date,
  ): Promise<PlaceInLine | undefined> {
    await this.store.begin(db, pace, now);
    await this.store.shorten(db, pace, integrationId, now);
    const turn = await this.store.use(db, pace, null, now);
    return turn && { ...turn, ...kept };
  }

  private paceOf(step: Pick<CallStep, 'do'>, integration: IntegrationEntity): Pace | undefined {
    const kind = KINDS[step.do];
    if (!kind) return undefined;
    try {
      return this.connections.sinkOf(integration).pace?.[kind];
    } catch {
      // Without readable credentials nothing is sent.
      return undefined;
    }
  }
}

const KINDS: Partial<Record<CallStep['do'], 'open' | 'update'>> = {
  post: 'open',
  repost: 'open',
  update: 'update',
  close: 'update',
};
