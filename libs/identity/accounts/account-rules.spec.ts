import { describe, expect, it } from 'vitest';
import { OPERATOR_ACCOUNT_ID } from '../tokens/refresh-tokens.js';
import { differences, keepsAnOperator } from './account-rules.js';

const operator = (id: string, members = {}) => ({
  id,
  active: true,
  isOperator: true,
  passwordHash: 'hash' as string | null,
  externalSubject: null as string | null,
  ...members,
});
const OUT = { active: false } as const;

describe('the rule that somebody must be able to run the hub', () => {
  it.each([
    ['another with a password', operator('b'), true],
    ['another from an external issuer', operator('b', { passwordHash: null, externalSubject: 's' }), true],
    ['the built-in one', operator(OPERATOR_ACCOUNT_ID, { passwordHash: null }), true],
    ['another who cannot sign in', operator('b', { passwordHash: null }), false],
    ['another who is not active', operator('b', OUT), false],
    ['the built-in one, not active', operator(OPERATOR_ACCOUNT_ID, OUT), false],
  ])('beside %s', (_who, other, isKept) => {
    expect(keepsAnOperator([operator('a'), other], 'a', OUT)).toBe(isKept);
    expect(keepsAnOperator([operator('a'), other], 'a', { isOperator: false })).toBe(isKept);
  });

  it('does not keep from what changes nothing about it', () => {
    expect(keepsAnOperator([operator('a')], 'a', { name: 'Ada' })).toBe(true);
    expect(keepsAnOperator([operator('a', OUT)], 'a', { active: true })).toBe(true);
    expect(keepsAnOperator([operator('a')], 'somebody else', OUT)).toBe(true);
  });
});

it('a change is what is not so already', () => {
  const present = { name: 'Ada', active: true, isOperator: false };
  expect(differences(present, { name: 'Ada', active: false, isOperator: undefined })).toEqual(OUT);
});
