import { expect, it } from 'vitest';
import { timeOfDigits } from './read-time.js';

it.each([
  ['99999999999', 99_999_999_999_000],
  ['100000000000', 100_000_000_000],
  ['99999999999999', 99_999_999_999_999],
  ['100000000000000', 100_000_000_000],
  ['99999999999999999', 99_999_999_999_999],
  ['100000000000000000', 100_000_000_000],
  ['9223372036854775807', 9_223_372_036_854],
  ['9223372036854775808', undefined],
  ['0', 0],
])('the unit of %s follows from its size', (digits, timeMs) =>
  expect(timeOfDigits(`x${digits}x`, 1, digits.length + 1)).toBe(timeMs),
);
