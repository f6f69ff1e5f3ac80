import { setTimeout as pause } from 'node:timers/promises';

export interface WaitOptions {
  /** Default 5,000. */
  readonly timeoutMs?: number;
  /** What is awaited, as it completes "waited for …": `the message to turn green`. */
  readonly what: string;
  /** Default 10. */
  readonly intervalMs?: number;
}

/**
 * Resolves with the condition's value as soon as it is neither `undefined`, `null` nor `false`.
 * A condition that throws counts as not yet. After `timeoutMs` it fails with `what` and the last value or error seen.
 */
export async function waitUntil<Value>(
  condition: () => Value | Promise<Value>,
  { timeoutMs = 5_000, what, intervalMs = 10 }: WaitOptions,
): Promise<Exclude<Value, undefined | null | false>> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    let seen: string;
    try {
      const value = await condition();
      if (value !== undefined && value !== null && value !== false) {
        return value as Exclude<Value, undefined | null | false>;
      }
      seen = `the last value was ${String(value)}`;
    } catch (error) {
      seen = `the last try threw: ${error instanceof Error ? error.message : String(error)}`;
    }
    if (performance.now() >= deadline) throw new Error(`Waited ${timeoutMs} ms for ${what}; ${seen}.`);
    await pause(intervalMs);
  }
}
