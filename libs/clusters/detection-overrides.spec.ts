import { expect, it } from 'vitest';
import { overridesAfter } from './detection-overrides.js';

const PRESENT = { 'disk-usage': { threshold: 85, window: '2m' }, 'core-load': { enabled: false } };

it.each([
  ['nothing, when nothing is said', undefined, PRESENT],
  ['nothing, when nothing is in it', { 'disk-usage': {} }, PRESENT],
  [
    'one member',
    { 'disk-usage': { threshold: 70 } },
    { ...PRESENT, 'disk-usage': { threshold: 70, window: '2m' } },
  ],
  ['another kind', { 'memory-usage': { threshold: 95 } }, { ...PRESENT, 'memory-usage': { threshold: 95 } }],
  ['one member back', { 'disk-usage': { window: null } }, { ...PRESENT, 'disk-usage': { threshold: 85 } }],
  [
    'the last member back, and its kind with it',
    { 'core-load': { enabled: null } },
    { 'disk-usage': PRESENT['disk-usage'] },
  ],
  ['a kind back', { 'disk-usage': null }, { 'core-load': PRESENT['core-load'] }],
  ['all back', null, {}],
  [
    'nothing, where there is nothing to take back',
    { 'memory-usage': null, 'leader-mismatch': { window: null } },
    PRESENT,
  ],
])('a change takes %s', (_what, change, after) => {
  expect(overridesAfter(PRESENT, change)).toEqual(after);
});
