/** Where the time comes from. Every rule that depends on time takes one, so that tests can move it. */
export interface Clock {
  /** The present moment. May step back: callers must not assume that it only grows. */
  now(): Date;
}

/** The machine's own clock. */
export const systemClock: Clock = { now: () => new Date() };

/** Injection token of the process's clock. */
export const CLOCK = Symbol('clock');
