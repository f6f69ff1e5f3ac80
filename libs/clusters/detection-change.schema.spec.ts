import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { DETECTORS, durationSetting, percentSetting } from '../detection/index.js';
import { detectionChange } from './detection-change.schema.js';

const schema = detectionChange();
const problems = (change: unknown): string[] =>
  schema.safeParse(change).error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`) ?? [];

describe('a change of detection settings', () => {
  it.each([
    {},
    { 'disk-usage': {} },
    { 'disk-usage': null },
    { 'disk-usage': { threshold: 85, window: '2m' }, 'cluster-consensus': { enabled: false } },
    { 'disk-usage': { threshold: null, window: null, enabled: null } },
  ])('may be %j', (change) => {
    expect(schema.parse(change)).toEqual(change);
  });

  it.each([
    ['a kind that there is not', { 'disc-usage': {} }],
    ['a member that there is not', { 'disk-usage': { treshold: 85 } }],
    ['a number as text', { 'disk-usage': { threshold: '85' } }],
    ['a number beyond its bounds', { 'disk-usage': { threshold: 101 } }],
    ['a duration as a number', { 'disk-usage': { window: 60 } }],
    ['a duration that is none', { 'disk-usage': { window: '2 minutes' } }],
    ['a duration that is too long', { 'disk-usage': { window: '8d' } }],
    ['a switch as text', { 'disk-usage': { enabled: 'false' } }],
    ['members that are no object', { 'disk-usage': true }],
  ])('may not hold %s', (_what, change) => {
    expect(problems(change)).toHaveLength(1);
  });

  it('says what is wrong with a value in the words of its setting', () => {
    expect(problems({ 'disk-usage': { threshold: 0, window: '1x' } })).toEqual([
      'disk-usage.threshold: must be a number from 1 to 100',
      'disk-usage.window: must be a duration: 500ms, 30s, 5m, 1h or 2d',
    ]);
  });

  it('knows every detector and every setting of it, with its description', () => {
    const { properties = {} } = z.toJSONSchema(schema, { io: 'input' });
    expect(Object.keys(properties)).toEqual(DETECTORS.map(({ kind }) => kind));
    for (const { kind, settings } of DETECTORS) {
      const described = JSON.stringify(properties[kind]);
      for (const { name, what } of Object.values(settings)) {
        expect(described).toContain(`"${name}"`);
        expect(described).toContain(JSON.stringify(what));
      }
    }
  });

  it('tells readers of the OpenAPI document how a duration is written', () => {
    expect(JSON.stringify(z.toJSONSchema(schema, { io: 'input' }))).toContain(
      JSON.stringify({ pattern: String.raw`^\d{1,9}(ms|s|m|h|d)$` }).slice(1, -1),
    );
  });

  it('follows a detector that is new', () => {
    const named = { env: 'SPILLWAY_NEW' as const, what: 'New', fallback: '1m' };
    const settings = {
      waitMs: durationSetting({ ...named, name: 'wait' }),
      share: percentSetting({ ...named, name: 'share', fallback: '50' }),
    };
    const changed = detectionChange([{ kind: 'brand-new', settings }]);
    expect(changed.safeParse({ 'brand-new': { wait: '5m', share: 40 } }).success).toBe(true);
    expect(changed.safeParse({ 'brand-new': { wait: 5 } }).success).toBe(false);
    expect(changed.safeParse({ 'disk-usage': {} }).success).toBe(false);
  });
});
