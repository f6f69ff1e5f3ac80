import { describe, expect, it } from 'vitest';
import { coreLoad } from './core-load.js';
import { configOf, detectorSettings, type DetectionDefaults } from './detection-config.js';
import { DETECTORS } from './detectors.js';

const pace = { gossip: { maxGapMs: 90_000 }, host: { maxGapMs: 45_000 } };
const hub: DetectionDefaults = { values: { 'core-load': { threshold: 3, closeWindowMs: 5_000 } }, pace };

describe("a detector's configuration", () => {
  it.each([
    ['is what the hub has', hub, {}, { threshold: 3, closeWindowMs: 5_000 }],
    [
      'is the default where the hub has nothing',
      { values: {}, pace },
      {},
      { threshold: 2, closeWindowMs: 60_000 },
    ],
    [
      'is what the cluster has, as far as it has anything',
      hub,
      { 'core-load': { threshold: 2.5 } },
      { threshold: 2.5, closeWindowMs: 5_000 },
    ],
    [
      'is read as it is written in the environment',
      hub,
      { 'core-load': { threshold: '2.5', closeWindow: '2m' } },
      { threshold: 2.5, closeWindowMs: 120_000 },
    ],
    [
      'is as if absent where it cannot be read',
      hub,
      { 'core-load': { threshold: 'high', closeWindow: 5, other: 1 } },
      { threshold: 3, closeWindowMs: 5_000 },
    ],
    [
      "is not another detector's",
      hub,
      { 'disk-usage': { threshold: 5 } },
      { threshold: 3, closeWindowMs: 5_000 },
    ],
  ])('%s', (_, defaults, overrides, values) => {
    expect(configOf(coreLoad, defaults, overrides)).toEqual({ isEnabled: true, values });
  });

  it('is off only when it says so', () => {
    expect(configOf(coreLoad, hub, { 'core-load': { enabled: false } }).isEnabled).toBe(false);
    expect(configOf(coreLoad, hub, { 'core-load': { enabled: true } }).isEnabled).toBe(true);
    expect(configOf(coreLoad, hub, { 'core-load': undefined }).isEnabled).toBe(true);
  });
});

describe('the settings of all detectors', () => {
  it('have names, environment variables and defaults of which none is there twice or cannot be read', () => {
    const all = detectorSettings();
    expect(new Set(all.map(({ setting }) => setting.env)).size).toBe(all.length);
    expect(new Set(all.map(({ kind, setting }) => `${kind}.${setting.name}`)).size).toBe(all.length);
    for (const { key, setting } of all) {
      expect(setting.schema.parse(setting.fallback)).toBeGreaterThan(0);
      expect(key).toBe(setting.unit === 'duration' ? `${setting.name}Ms` : setting.name);
      expect(setting.name).not.toBe('enabled');
    }
  });

  it('are those of DESIGN §5', () => {
    expect(detectorSettings().map(({ setting }) => `${setting.env}=${setting.fallback}`)).toEqual([
      'SPILLWAY_CONSENSUS_CONFIRM_AFTER=10s',
      'SPILLWAY_CORE_LOAD_THRESHOLD=2.0',
      'SPILLWAY_CORE_LOAD_CLOSE_WINDOW=1m',
      'SPILLWAY_DISK_THRESHOLD=80',
      'SPILLWAY_DISK_WINDOW=1m',
      'SPILLWAY_ELECTIONS_WINDOW=1h',
      'SPILLWAY_LEADER_MISMATCH_WINDOW=3m',
      'SPILLWAY_LEADER_MISMATCH_CLOSE_AFTER=1m',
      'SPILLWAY_MEMORY_THRESHOLD=90',
      'SPILLWAY_MEMORY_CLOSE_WINDOW=1m',
      'SPILLWAY_OUT_OF_SYNC_WINDOW=3m',
      'SPILLWAY_OUT_OF_SYNC_LAG=2s',
      'SPILLWAY_UNREACHABLE_WINDOW=3m',
    ]);
  });

  it('belong to detectors of which none is there twice, in the order of the alphabet', () => {
    const kinds = DETECTORS.map(({ kind }) => kind);
    expect(kinds).toEqual([...new Set(kinds)].toSorted());
  });
});
