import { describe, expect, it } from 'vitest';
import { loadSettings } from '../config/index.js';
import { DETECTORS } from '../detection/index.js';
import { parseDurationMs } from '../domain/index.js';
import { settingViews, writeDuration } from './setting-view.js';

const diskUsage = DETECTORS.find(({ kind }) => kind === 'disk-usage')!;
const { detection: defaults } = loadSettings({ SPILLWAY_DISK_WINDOW: '90s' });

describe('a setting', () => {
  it('is shown as it is written, beside what the hub has', () => {
    expect(settingViews(diskUsage, defaults, { 'disk-usage': { threshold: 85 } })).toEqual({
      threshold: { value: 85, default: 80, isOverridden: true },
      window: { value: '90s', default: '90s', isOverridden: false },
    });
  });

  it('is not overridden by what cannot be read any more', () => {
    const { window } = settingViews(diskUsage, defaults, { 'disk-usage': { window: 'long' } });
    expect(window).toEqual({ value: '90s', default: '90s', isOverridden: false });
  });

  it.each([0, 1, 500, 1_000, 1_500, 60_000, 90_000, 3_600_000, 86_400_000, 7 * 86_400_000])(
    'of %i ms reads back as it was',
    (ms) => {
      expect(parseDurationMs(writeDuration(ms))).toBe(ms);
    },
  );

  it('is written in the largest unit that fits', () => {
    expect([writeDuration(120_000), writeDuration(172_800_000), writeDuration(0)]).toEqual([
      '2m',
      '2d',
      '0ms',
    ]);
  });
});
