import { expect, it } from 'vitest';
import { formatBeside, formatBytes, formatMoment, formatPercent, formatWindow } from './wording.js';

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

it.each([
  [2.3, '2.30'],
  [2, '2.00'],
  [2.0025, '2.002'],
  [1.9999999, '2.000000'],
])('says %d beside a limit of 2 as %s', (figure, text) => {
  expect(formatBeside(figure, 2, 2)).toBe(text);
});

it.each([
  [60_000, '1 min'],
  [90_000, '90 s'],
  [180_000, '3 min'],
  [3_600_000, '1 h'],
  [5_400_000, '90 min'],
  [172_800_000, '2 d'],
  [1_500, '1500 ms'],
  [0, '0 ms'],
])('says a window of %d ms exactly, as %s', (windowMs, text) => {
  expect(formatWindow(windowMs)).toBe(text);
});

it('says a moment in UTC to the second', () => {
  expect(formatMoment(Date.parse('2026-11-20T14:15:04.999+01:00'))).toBe('2026-11-20 13:15:04 UTC');
});
