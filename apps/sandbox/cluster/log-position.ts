const FIRST_BYTES = 101_017;

/** How far the cluster's log is written: it grows with time while there is a leader. */
export class LogPosition {
  #bytes = FIRST_BYTES;
  #sinceMs = 0;
  #isWritten = false;
  bytesPerSecond = 0;

  /** In bytes. Moments before the latest change count as that. */
  at(nowMs: number): number {
    const passedMs = this.#isWritten ? Math.max(0, nowMs - this.#sinceMs) : 0;
    return Math.floor(this.#bytes + (this.bytesPerSecond * passedMs) / 1_000);
  }

  setRate(bytesPerSecond: number, nowMs: number): void {
    this.#fix(nowMs);
    this.bytesPerSecond = bytesPerSecond;
  }

  /** Nobody writes while nobody leads. */
  setWritten(isWritten: boolean, nowMs: number): void {
    if (isWritten === this.#isWritten) return;
    this.#fix(nowMs);
    this.#isWritten = isWritten;
  }

  #fix(nowMs: number): void {
    this.#bytes = this.at(nowMs);
    this.#sinceMs = nowMs;
  }
}
