import type { Logger } from '../observability/index.js';

/** Does the same to each item, one after the other. One that fails is logged under `event`, and keeps no other from its turn. */
export async function oneByOne<T>(
  items: readonly T[],
  work: (item: T) => Promise<unknown>,
  { logger, event, name }: { logger: Logger; event: string; name: (item: T) => object },
): Promise<void> {
  for (const item of items) {
    try {
      await work(item);
    } catch (error) {
      logger.warn({ event, ...name(item), error: String(error) });
    }
  }
}
