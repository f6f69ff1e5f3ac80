import type { Logger } from '../observability/index.js';
import type { DueDelivery } from '../persistence/index.js';
import { sinkQueueName, type JobQueue, type Queues } from '../queues/index.js';

/** A sink queue's payload: which delivery is due. */
export interface DeliveryDue {
  readonly deliveryId: string;
  readonly integrationId: string;
  readonly sink: string;
  /** It does not wait among the others of its integration. */
  readonly first?: boolean;
}

/** Where a delivery may wait without a wake-up, because those at work on its integration will come to it. */
export interface WaitingRoom {
  /** False when nobody is there who would. */
  wait(integrationId: string): boolean;
}

/**
 * Tells the sink workers that something is due. Never fails its caller: what is due stands in the database, and the
 * sweeper finds what a lost wake-up left.
 */
export class Wakeups {
  private readonly queues = new Map<string, JobQueue<DeliveryDue>>();
  private room: WaitingRoom | undefined;

  constructor(
    private readonly provider: Queues,
    private readonly logger: Logger,
  ) {}

  /** From now on nobody is woken of whom this process has as many at work as it may: they wait in the room. */
  waitingIn(room: WaitingRoom): void {
    this.room = room;
  }

  /**
   * Resolves when the queue has them, or has refused them; never rejects.
   * `by` keeps apart the wake-ups of different wakers: one that died with its job active blocks no other.
   */
  async wake(due: readonly DueDelivery[], by = ''): Promise<void> {
    const unserved = due.filter(({ integrationId, first }) => first || !this.room?.wait(integrationId));
    const sinks = new Set(unserved.map((delivery) => delivery.sink));
    await Promise.all(
      [...sinks].map((sink) => {
        const ofSink = unserved.filter((delivery) => delivery.sink === sink);
        return this.wakeSink(sink, ofSink, by);
      }),
    );
  }

  private async wakeSink(sink: string, due: readonly DueDelivery[], by: string): Promise<void> {
    try {
      await this.queue(sink).wakeMany(due.map((one) => ({ id: `${by}${one.id}`, payload: payloadOf(one) })));
    } catch (error) {
      this.logger.warn({ event: 'delivery.wake.failed', sink, count: due.length, error: String(error) });
    }
  }

  private queue(sink: string): JobQueue<DeliveryDue> {
    let queue = this.queues.get(sink);
    if (!queue) {
      queue = this.provider.define<DeliveryDue>(sinkQueueName(sink));
      this.queues.set(sink, queue);
    }
    return queue;
  }
}

const payloadOf = ({ id, integrationId, sink, first = false }: DueDelivery): DeliveryDue => ({
  deliveryId: id,
  integrationId,
  sink,
  ...(first ? { first } : {}),
});
