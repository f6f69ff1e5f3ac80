import { randomBytes } from 'node:crypto';
import { inject } from 'vitest';

/**
 * The run's Redis, or `undefined` where there is none: the suite that needs it is then left out
 * (`describe.skipIf(testRedisUrl() === undefined)`), which the global setup has announced.
 */
export function testRedisUrl(): string | undefined {
  return inject('spillwayRedisUrl') ?? undefined;
}

/** A prefix of keys (and queue names) that no other test file uses. */
export function uniqueKeyPrefix(): string {
  return `test-${randomBytes(8).toString('hex')}`;
}
