import type { Logger } from '../observability/index.js';
import type { DueDelivery } from '../persistence/index.js';
import { sinkQueueName, type JobQueue, type Queues } from '../queues/index.js';

/** A sink queue's payload: which delivery is due. */
export interface DeliveryDue {
  readonly deliveryId: string;
  /** Where it is known: whose delivery it is. */
  readonly integrationId?: string;
}

/**
 * Tells the sink workers that something is due. Never fails its caller: what is due stands in the database, and the
 * sweeper finds what a lost wake-up left.
 */
export class Wakeups {
  private readonly queues = new Map<string, JobQueue<DeliveryDue>>();

  constructor(
    private readonly provider: Queues,
    private readonly logger: Logger,
  ) {}

  /**
   * Resolves when the queue has them, or has refused them; never rejects.
   * `by` keeps apart the wake-ups of different wakers: one that died with its job active blocks no other.
   */
  async wake(due: readonly DueDelivery[], by = ''): Promise<void> {
    const sinks = new Set(due.map((delivery) => delivery.sink));
    await Promise.all(
      [...sinks].map((sink) => {
        const ofSink = due.filter((delivery) => delivery.sink === sink);
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

const payloadOf = ({ id, integrationId }: DueDelivery): DeliveryDue => ({
  deliveryId: id,
  ...(integrationId === undefined ? {} : { integrationId }),
});
