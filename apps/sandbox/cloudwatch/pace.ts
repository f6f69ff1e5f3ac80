/**
 * How many calls of an operation an account may make a second: a bucket that is full at first and holds one second's worth.
 */
export class Pace {
  readonly #perSecond = new Map<string, number>();
  readonly #buckets = new Map<string, { calls: number; at: number }>();

  /** `undefined` lets go. */
  limit(operation: string, perSecond: number | undefined): void {
    this.#buckets.clear();
    if (perSecond === undefined) this.#perSecond.delete(operation);
    else this.#perSecond.set(operation, perSecond);
  }

  /** Whether one more call may be made at `now` (ms); if so it is counted. */
  admits(operation: string, caller: string, now: number): boolean {
    const perSecond = this.#perSecond.get(operation);
    if (perSecond === undefined) return true;
    const key = `${operation} ${caller}`;
    const room = Math.max(1, perSecond);
    const before = this.#buckets.get(key) ?? { calls: room, at: now };
    const calls = Math.min(room, before.calls + ((now - before.at) / 1_000) * perSecond);
    const admitted = calls >= 1;
    this.#buckets.set(key, { calls: admitted ? calls - 1 : calls, at: now });
    return admitted;
  }

  clear(): void {
    this.#perSecond.clear();
    this.#buckets.clear();
  }
}
