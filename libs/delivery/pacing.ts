import type {
  ClaimRow,
  Database,
  DeliveryEntity,
  IntegrationEntity,
  PaceStore,
  Place,
} from '../persistence/index.js';
import type { Pace } from '../sinks/index.js';
import type { CallStep } from './decide.js';
import type { DeliveryState } from './delivery-state.js';
import type { SinkConnections } from './sink-connections.js';
import type { Wakeups } from './wakeups.js';

/** What waits longer is left to the sweeper, in milliseconds. */
const WOKEN_WITHIN_MS = 10 * 60_000;

/** Holds calls to the pace that their sink allows, all dispatchers together. */
export class Pacing {
  constructor(
    private readonly database: Database,
    private readonly store: PaceStore,
    private readonly connections: SinkConnections,
    private readonly wakeups: Wakeups,
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
  ): Promise<Place | undefined> {
    const pace = this.paceOf(step, integration);
    if (!pace) return { at: now, version };
    const place =
      delivery.subjectType === 'storm' || isGood(delivery.slotAt, pace, now)
        ? { at: delivery.slotAt ?? now, version }
        : await this.store.take(this.database, { id: delivery.id, version }, pace, now);
    if (!place || (place.at > now && delivery.subjectType !== 'storm')) return place;
    return { at: await this.store.use(this.database, pace, now), version: place.version };
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
  wakeAt({ id, sink }: DeliveryEntity, place: Date, now: Date): void {
    const afterMs = place.getTime() - now.getTime();
    if (afterMs <= WOKEN_WITHIN_MS) setTimeout(() => void this.wakeups.wake([{ id, sink }]), afterMs).unref();
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

/** Those who missed their places by much would all go at once: they take new ones. */
const isGood = (slotAt: Date | null, { everyMs }: Pace, now: Date): slotAt is Date =>
  slotAt !== null && slotAt.getTime() + everyMs > now.getTime();
