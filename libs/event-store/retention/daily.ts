/** Runs `work` once after that many milliseconds; what it returns takes that back. */
export type Schedule = (delayMs: number, work: () => void) => () => void;

/** By a timer of Node, which keeps no process alive. */
export const timerSchedule: Schedule = (delayMs, work) => {
  const timer = setTimeout(work, delayMs).unref();
  return () => clearTimeout(timer);
};

/**
 * The next time after `now` at which it is so many hours by this machine's clock and zone. Where the clock skips that hour
 * in spring it is as much later.
 */
export function nextDaily(hour: number, now: Date): Date {
  const on = (day: number): Date => new Date(now.getFullYear(), now.getMonth(), day, hour);
  const today = on(now.getDate());
  return today > now ? today : on(now.getDate() + 1);
}
