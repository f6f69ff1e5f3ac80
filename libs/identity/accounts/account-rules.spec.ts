import { describe, expect, it } from 'vitest';
import { OPERATOR_ACCOUNT_ID } from '../tokens/refresh-tokens.js';
import { differences, keepsAnOperator } from './account-rules.js';

const operator = (id: string, members = {}) => ({
  id,
  active: true,
  isOperator: true,
  passwordHash: 'hash' as string | null,
  externalIssuer: null as string | null,
  ...members,
});
const OUT = { active: false } as const;
const ISSUER = 'https://login.example.com/';

describe('the rule that somebody must be able to run the hub', () => {
  it.each([
    ['another with a password', operator('b'), true],
    [
      'another of former times with an issuer',
      operator('b', { passwordHash: null, externalIssuer: ISSUER }),
      false,
    ],
    ['the built-in one', operator(OPERATOR_ACCOUNT_ID, { passwordHash: null }), true],
    ['another who cannot sign in', operator('b', { passwordHash: null }), false],
    ['another who is not active', operator('b', OUT), false],
    ['the built-in one, not active', operator(OPERATOR_ACCOUNT_ID, OUT), false],
  ])('beside %s', (_who, other, isKept) => {
    expect(keepsAnOperator([operator('a'), other], 'a', OUT, undefined)).toBe(isKept);
    expect(keepsAnOperator([operator('a'), other], 'a', { isOperator: false }, undefined)).toBe(isKept);
  });

  it.each([
    ['another whom the issuer knows', operator('b', { passwordHash: null, externalIssuer: ISSUER }), true],
    ['the built-in one', operator(OPERATOR_ACCOUNT_ID, { passwordHash: null }), true],
    ['another with a password, which lets nobody in', operator('b'), false],
    ['another whom another issuer knew', operator('b', { externalIssuer: 'https://old.example/' }), false],
  ])('with an external issuer, beside %s', (_who, other, isKept) => {
    const known = operator('a', { externalIssuer: ISSUER });
    expect(keepsAnOperator([known, other], 'a', OUT, ISSUER)).toBe(isKept);
    expect(keepsAnOperator([known, other], 'a', { externalIssuer: null }, ISSUER)).toBe(isKept);
  });

  it('does not keep from what changes nothing about it', () => {
    expect(keepsAnOperator([operator('a')], 'a', { name: 'Ada' }, undefined)).toBe(true);
    expect(keepsAnOperator([operator('a', OUT)], 'a', { active: true }, undefined)).toBe(true);
    expect(keepsAnOperator([operator('a')], 'somebody else', OUT, undefined)).toBe(true);
  });
});

it('a change is what is not so already', () => {
  const present = { name: 'Ada', active: true, isOperator: false };
  expect(differences(present, { name: 'Ada', active: false, isOperator: undefined })).toEqual(OUT);
});
