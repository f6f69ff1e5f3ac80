import { expect, it } from 'vitest';
import { formatBytes, formatPercent } from './wording.js';

it.each([
  [0, '0 bytes'],
  [999, '999 bytes'],
  [1_000, '1.0 kB'],
  [158_300_000_000, '158.3 GB'],
  [999_960_000, '1.0 GB'],
  [2e18, '2000.0 PB'],
])('says %d bytes as %s', (bytes, text) => {
  expect(formatBytes(bytes)).toBe(text);
});

it.each([
  [84.21, '84.2 %'],
  [80, '80.0 %'],
  [80.01, '80.01 %'],
  [79.99999, '79.99999 %'],
  [79.999999999, '80.000000 %'],
])('says %d percent beside a limit of 80 as %s', (percent, text) => {
  expect(formatPercent(percent, 80)).toBe(text);
});
