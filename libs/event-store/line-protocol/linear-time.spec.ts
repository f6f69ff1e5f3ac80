import { expect, it } from 'vitest';
import { forEachPoint } from './index.js';

const NOW_MS = Date.UTC(2026, 5, 1);

function millisecondsFor(text: string): number {
  const body = Buffer.from(text);
  const begunAt = performance.now();
  try {
    forEachPoint(body, { nowMs: NOW_MS }, () => undefined);
  } catch (error) {
    expect((error as Error).name).toBe('LineProtocolError');
  }
  return performance.now() - begunAt;
}

/** With the square of its length each of them would take minutes. */
it.each<[string, (length: number) => string]>([
  ['one long name', (length) => 'a'.repeat(length)],
  ['one long name with escapes', (length) => '\\ '.repeat(length / 2)],
  ['one long run of backslashes', (length) => `m f="${'\\'.repeat(length)}`],
  ['backslashes in a tag', (length) => `m,a=${'\\'.repeat(length)} f=1`],
  ['escaped quotes without an end', (length) => `m f="${'\\"'.repeat(length / 2)}`],
  ['escaped quotes', (length) => `m f="${'\\"'.repeat(length / 2)}"`],
  ['odd escapes', (length) => `m f="${'\\q'.repeat(length / 2)}"`],
  ['braces without an end', (length) => `m f=${'{'.repeat(length)}`],
  ['braces and quotes', (length) => `m f={${'""'.repeat(length / 2)}`],
  ['a long number', (length) => `m f=${'1'.repeat(length)}`],
  ['a long number that is none', (length) => `m f=${'1'.repeat(length)}x`],
  ['a long whole number', (length) => `m f=${'1'.repeat(length)}i`],
  ['a long time', (length) => `m f=1 ${'1'.repeat(length)}`],
  ['a long time of zeros', (length) => `m f=1 ${'0'.repeat(length)}`],
  ['many tags', (length) => `m${',a=b'.repeat(length / 4)} f=1`],
  ['many fields', (length) => `m f=1${',a=1'.repeat(length / 4)}`],
  ['many comments', (length) => '#\n'.repeat(length / 2)],
  ['many spaces', (length) => `m${' '.repeat(length)}f=1`],
  ['many breaks before an error', (length) => `${'\n'.repeat(length)}x`],
  ['many lines', (length) => 'm f=1\n'.repeat(length / 6)],
  ['wide letters before an error', (length) => `m f="${'語'.repeat(length / 3)}"x`],
])('two megabytes of %s take no time to speak of', (_what, make) => {
  expect(millisecondsFor(make(2_000_000))).toBeLessThan(3_000);
});
