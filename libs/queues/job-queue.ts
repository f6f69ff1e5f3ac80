/** Runs one job. A throw is logged and counted; the job is not repeated by the queue: the database knows what is due. */
export type JobHandler<Payload> = (payload: Payload) => Promise<void>;

/**
 * A queue of wake-ups. Payloads hold ids only: no content, no secret. Everything in it may be lost at any moment
 * (`FLUSHALL`), so whoever uses it also has a way to find in the database what is due.
 */
export interface JobQueue<Payload> {
  readonly name: string;
  /**
   * Wakes the handler for `id` soon. Wake-ups of one id collapse: one runs, one waits at most, and the one that waits
   * runs after the present one has ended, so the last wake-up is never lost.
   */
  wake(id: string, payload: Payload): Promise<void>;
  /** The same for many at once. */
  wakeMany(jobs: readonly { readonly id: string; readonly payload: Payload }[]): Promise<void>;
  /** Runs the handler once after `delayMs`. A second call for the same id before then changes nothing. */
  wakeLater(id: string, payload: Payload, delayMs: number): Promise<void>;
  /**
   * Runs the handler every `everyMs` milliseconds, in one process of all, `phaseMs` after each whole multiple of that since
   * 1970; again with other values replaces it.
   */
  schedule(id: string, everyMs: number, phaseMs: number, payload: Payload): Promise<void>;
  unschedule(id: string): Promise<void>;
  /** Ids of the present schedules. */
  schedules(): Promise<string[]>;
  /** Jobs of any state that the queue still holds. */
  pending(): Promise<number>;
}
