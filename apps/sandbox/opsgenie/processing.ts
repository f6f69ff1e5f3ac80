import type { RequestAction } from './alert.js';

/** How long requests of each kind wait until they are processed, in milliseconds. */
export type Delays = Record<RequestAction, number>;

const AT_ONCE: Delays = { create: 0, note: 0, close: 0 };

/**
 * When requests that were taken are processed: each kind after its own delay, so that where they differ a close overtakes
 * the create before it. Without a delay, and while nothing is held, as they are taken.
 */
export class Processing {
  readonly delays: Delays = { ...AT_ONCE };
  readonly #timers = new Set<NodeJS.Timeout>();
  #held: (() => void)[] | undefined;

  queue(action: RequestAction, process: () => void): void {
    const delayMs = this.delays[action];
    if (this.#held) this.#held.push(process);
    else if (delayMs > 0) this.#later(delayMs, process);
    else process();
  }

  /** Nothing that is taken from now on is processed, until `release`. */
  hold(): void {
    this.#held ??= [];
  }

  /** Processes what was held, in the order it was taken. */
  release(): void {
    const held = this.#held ?? [];
    this.#held = undefined;
    for (const process of held) process();
  }

  /** Forgets what waits, and every delay. */
  reset(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
    this.#held = undefined;
    Object.assign(this.delays, AT_ONCE);
  }

  #later(delayMs: number, work: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      work();
    }, delayMs);
    this.#timers.add(timer.unref());
  }
}
