import { afterEach, describe, expect, it } from 'vitest';
import { nextDaily } from './daily.js';

const zoneBefore = process.env.TZ;
const inZone = (zone: string, now: string): string => {
  process.env.TZ = zone;
  return nextDaily(3, new Date(now)).toISOString();
};

describe('the next 03:00', () => {
  afterEach(() => {
    if (zoneBefore === undefined) delete process.env.TZ;
    else process.env.TZ = zoneBefore;
  });

  it.each([
    ['later today', 'UTC', '2026-01-10T02:59:59.999Z', '2026-01-10T03:00:00.000Z'],
    ['tomorrow, when it is 03:00 now', 'UTC', '2026-01-10T03:00:00Z', '2026-01-11T03:00:00.000Z'],
    ['over the end of a year', 'UTC', '2026-12-31T12:00:00Z', '2027-01-01T03:00:00.000Z'],
    ['by the zone of the machine', 'Europe/Berlin', '2026-01-10T12:00:00Z', '2026-01-11T02:00:00.000Z'],
    [
      'of another day than that of UTC',
      'Pacific/Auckland',
      '2026-06-10T14:00:00Z',
      '2026-06-10T15:00:00.000Z',
    ],
    [
      'when summer time begins that night',
      'Europe/Berlin',
      '2026-03-28T12:00:00Z',
      '2026-03-29T01:00:00.000Z',
    ],
    ['when summer time ends that night', 'Europe/Berlin', '2026-10-24T12:00:00Z', '2026-10-25T02:00:00.000Z'],
    // At 03:00 the clock is put forward to 04:00.
    ['later where the clock skips 03:00', 'Europe/Kyiv', '2026-03-28T12:00:00Z', '2026-03-29T01:00:00.000Z'],
    // From 03:00 to 04:00 it is that hour twice.
    ['once where 03:00 comes twice', 'Europe/Kyiv', '2026-10-25T00:30:00Z', '2026-10-26T01:00:00.000Z'],
  ])('is %s', (_, zone, now, expected) => {
    expect(inZone(zone, now)).toBe(expected);
  });
});
