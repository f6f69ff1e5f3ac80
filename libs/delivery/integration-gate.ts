/** Who waits in memory at most; who else is turned away is found in the database. */
const WAITING_AT_MOST = 1_000;

interface Entry {
  readonly running: Set<string>;
  /** Deliveries that were turned away, in order. They are due still: nothing is lost with them. */
  readonly waiting: Set<string>;
  /** Somebody was turned away, and it was not looked since whether more is due than waits here. */
  isBehind: boolean;
}

/**
 * Bounds how many calls of one integration run at once in this process, so that a slow sink takes a few workers and
 * not all of them. Who is turned away waits here until one of those that run has ended and asks who is next.
 */
export class IntegrationGate {
  private readonly entries = new Map<string, Entry>();

  constructor(private readonly limit: number) {}

  /**
   * Takes a place for a delivery; true also when it has one already. False when the integration has as many calls as it
   * may; then the delivery waits here.
   */
  enter(integrationId: string, deliveryId: string): boolean {
    const entry = this.entryOf(integrationId);
    if (!entry.running.has(deliveryId) && entry.running.size >= this.limit) {
      entry.isBehind = true;
      if (entry.waiting.size < WAITING_AT_MOST) entry.waiting.add(deliveryId);
      return false;
    }
    entry.running.add(deliveryId);
    entry.waiting.delete(deliveryId);
    return true;
  }

  leave(integrationId: string, deliveryId: string): void {
    const entry = this.entries.get(integrationId);
    if (!entry) return;
    entry.running.delete(deliveryId);
    this.forgetIdle(integrationId, entry);
  }

  has(integrationId: string, deliveryId: string): boolean {
    return this.entries.get(integrationId)?.running.has(deliveryId) ?? false;
  }

  /** Who has waited the longest, and waits no more. */
  next(integrationId: string): string | undefined {
    const entry = this.entries.get(integrationId);
    const [first] = entry?.waiting ?? [];
    if (!entry || first === undefined) return undefined;
    entry.waiting.delete(first);
    this.forgetIdle(integrationId, entry);
    return first;
  }

  /** Whether more may be due than waits here. True to the first who asks: they look for it, and say what is there. */
  isBehind(integrationId: string): boolean {
    const entry = this.entries.get(integrationId);
    if (!entry?.isBehind) return false;
    entry.isBehind = false;
    this.forgetIdle(integrationId, entry);
    return true;
  }

  /** What was found due; `isAll`: there is no more of it. */
  found(integrationId: string, deliveryIds: readonly string[], isAll: boolean): void {
    if (deliveryIds.length === 0) return;
    const entry = this.entryOf(integrationId);
    for (const id of deliveryIds) entry.waiting.add(id);
    entry.isBehind ||= !isAll;
  }

  private entryOf(integrationId: string): Entry {
    let entry = this.entries.get(integrationId);
    if (!entry) {
      entry = { running: new Set(), waiting: new Set(), isBehind: false };
      this.entries.set(integrationId, entry);
    }
    return entry;
  }

  private forgetIdle(integrationId: string, { running, waiting, isBehind }: Entry): void {
    if (running.size === 0 && waiting.size === 0 && !isBehind) this.entries.delete(integrationId);
  }
}
