import type { Logger } from '../observability/index.js';
import type { DueDelivery } from '../persistence/index.js';
import { sinkQueueName, type JobQueue, type Queues } from '../queues/index.js';

/** A sink queue's payload: which delivery is due. */
export interface DeliveryDue {
  readonly deliveryId: string;
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
        const ids = due.filter((delivery) => delivery.sink === sink).map(({ id }) => id);
        return this.wakeSink(sink, ids, by);
      }),
    );
  }

  private async wakeSink(sink: string, ids: readonly string[], by: string): Promise<void> {
    try {
      await this.queue(sink).wakeMany(ids.map((id) => ({ id: `${by}${id}`, payload: { deliveryId: id } })));
    } catch (error) {
      this.logger.warn({ event: 'delivery.wake.failed', sink, count: ids.length, error: String(error) });
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
