interface Entry {
  readonly running: Set<string>;
  /** What was found due, in order. It is due still: nothing is lost with it. */
  readonly waiting: Set<string>;
  /** Somebody was turned away, and it was not looked since whether more is due than waits here. */
  isBehind: boolean;
}

/**
 * Bounds how many calls of one integration run at once in this process, so that a slow sink takes a few workers and
 * not all of them. That somebody was turned away is remembered: one of those that run looks in the database who is next, for
 * there they are in the order in which they came.
 */
export class IntegrationGate {
  private readonly entries = new Map<string, Entry>();

  constructor(private readonly limit: number) {}

  /**
   * Takes a place for a delivery; true also when it has one already. False when the integration has as many calls as it
   * may; then one of those that run will come to it.
   */
  enter(integrationId: string, deliveryId: string): boolean {
    const entry = this.entryOf(integrationId);
    if (!entry.running.has(deliveryId) && this.turnAway(entry)) return false;
    entry.running.add(deliveryId);
    entry.waiting.delete(deliveryId);
    return true;
  }

  /** Lets deliveries wait, if the integration has as many calls as it may; false when it has not. */
  wait(integrationId: string): boolean {
    const entry = this.entries.get(integrationId);
    return entry !== undefined && this.turnAway(entry);
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

  /** Who of those that were found has waited the longest, and waits no more. */
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
    for (const id of deliveryIds) if (!entry.running.has(id)) entry.waiting.add(id);
    entry.isBehind ||= !isAll;
  }

  private turnAway(entry: Entry): boolean {
    if (entry.running.size < this.limit) return false;
    entry.isBehind = true;
    return true;
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
