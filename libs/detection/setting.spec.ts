import { describe, expect, it } from 'vitest';
import { durationSetting, percentSetting, ratioSetting, type DetectorSetting } from './setting.js';

const named = { name: 'x', env: 'SPILLWAY_X', fallback: '1', what: 'x' } as const;
const problemOf = (setting: DetectorSetting, text: string): string | undefined =>
  setting.schema.safeParse(text).error?.issues[0]?.message;

describe('a setting that is a number', () => {
  it.each(['0.01', '1000', ' 2.5 '])('may as a ratio be %j', (text) => {
    expect(ratioSetting(named).schema.parse(text)).toBe(Number(text));
  });

  it.each(['', ' ', '0', '-1', '1000.1', 'NaN', 'Infinity', 'two'])('may as a ratio not be %j', (text) => {
    expect(problemOf(ratioSetting(named), text)).toBe('must be a number from 0.01 to 1000');
  });

  it.each(['1', '100', '80.5'])('may as a percentage be %j', (text) => {
    expect(percentSetting(named).schema.parse(text)).toBe(Number(text));
  });

  it.each(['0.9', '100.1', '80 %', ''])('may as a percentage not be %j', (text) => {
    expect(problemOf(percentSetting(named), text)).toBe('must be a number from 1 to 100');
  });
});

describe('a setting that is a duration', () => {
  it.each([
    ['0s', 0],
    ['500ms', 500],
    ['5m', 300_000],
    ['7d', 604_800_000],
  ])('may be %j, in milliseconds %d', (text, ms) => {
    expect(durationSetting(named).schema.parse(text)).toBe(ms);
  });

  it.each([
    ['5', 'must be a duration: 500ms, 30s, 5m, 1h or 2d'],
    ['1.5m', 'must be a duration: 500ms, 30s, 5m, 1h or 2d'],
    ['8d', 'must be at most 7d'],
  ])('may not be %j', (text, problem) => {
    expect(problemOf(durationSetting(named), text)).toBe(problem);
  });

  it('may be bounded more narrowly', () => {
    expect(durationSetting(named, '15s').schema.parse('15s')).toBe(15_000);
    expect(problemOf(durationSetting(named, '15s'), '16s')).toBe('must be at most 15s');
  });
});
