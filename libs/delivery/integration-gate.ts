/**
 * Bounds how many calls of one integration run at once in this process, so that a slow sink takes a few workers and
 * not all of them. Who is turned away is due still: from then on each `leave` says how many are to be woken, until there
 * are no more of them.
 */
export class IntegrationGate {
  private readonly running = new Map<string, { count: number; backlog: boolean }>();

  constructor(private readonly limit: number) {}

  /** False when the integration has as many calls as it may. */
  enter(integrationId: string): boolean {
    const entry = this.running.get(integrationId) ?? { count: 0, backlog: false };
    if (entry.count >= this.limit) {
      entry.backlog = true;
      return false;
    }
    entry.count += 1;
    this.running.set(integrationId, entry);
    return true;
  }

  /** Returns how many places are to be filled: all that are free if somebody was turned away, else none. */
  leave(integrationId: string): number {
    const entry = this.running.get(integrationId);
    if (!entry) return 0;
    entry.count -= 1;
    this.forgetIdle(integrationId);
    return entry.backlog ? this.limit - entry.count : 0;
  }

  /** Fewer were due than there were free places: nobody waits any more. */
  caughtUp(integrationId: string): void {
    const entry = this.running.get(integrationId);
    if (!entry) return;
    entry.backlog = false;
    this.forgetIdle(integrationId);
  }

  private forgetIdle(integrationId: string): void {
    const entry = this.running.get(integrationId);
    if (entry?.count === 0 && !entry.backlog) this.running.delete(integrationId);
  }
}
