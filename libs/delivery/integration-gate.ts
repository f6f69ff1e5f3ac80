/**
 * Bounds how many calls of one integration run at once in this process, so that a slow sink takes a few workers and
 * not all of them. Who is turned away is due still: the last one out says that somebody was.
 */
export class IntegrationGate {
  private readonly running = new Map<string, { count: number; turnedAway: boolean }>();

  constructor(private readonly limit: number) {}

  /** False when the integration has as many calls as it may. */
  enter(integrationId: string): boolean {
    const entry = this.running.get(integrationId) ?? { count: 0, turnedAway: false };
    if (entry.count >= this.limit) {
      entry.turnedAway = true;
      return false;
    }
    entry.count += 1;
    this.running.set(integrationId, entry);
    return true;
  }

  /** Resolves true when somebody was turned away since the last `leave` that said so. */
  leave(integrationId: string): boolean {
    const entry = this.running.get(integrationId);
    if (!entry) return false;
    entry.count -= 1;
    const { turnedAway } = entry;
    entry.turnedAway = false;
    if (entry.count === 0) this.running.delete(integrationId);
    return turnedAway;
  }
}
