import { expect, it } from 'vitest';
import type { Outcome } from '../domain/index.js';
import { settle } from './settle.js';
import { aState, NOW, open } from './testing/sample-states.js';

const CONTEXT = { now: NOW, random: () => 0, readsBack: false };
const BEGUN = aState({ dueAt: null, call: { action: 'open', shows: open(1), startedAt: NOW } });

it('an outcome that there is not settles nothing', () => {
  const outcome = { kind: '[token]', code: 'a', reason: 'b' } as unknown as Outcome;
  expect(() => settle(BEGUN, { outcome }, CONTEXT)).toThrow('no such outcome: [token]');
});

it('a call that was never begun settles nothing', () => {
  const outcome: Outcome = { kind: 'delivered', ref: {} };
  expect(() => settle({ ...BEGUN, call: null }, { outcome }, CONTEXT)).toThrow('after it was begun');
});
