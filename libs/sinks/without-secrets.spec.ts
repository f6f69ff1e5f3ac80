import { describe, expect, it } from 'vitest';
import { withoutSecrets } from './without-secrets.js';

describe('a result without secrets', () => {
  it('has the name of a secret in its place, wherever it stood', () => {
    const result = { findings: ['a planted"key b'], nested: { code: 'planted"key' } };
    expect(withoutSecrets(result, { apiKey: 'planted"key', other: 'not-in-there' })).toEqual({
      findings: ['a [apiKey] b'],
      nested: { code: '[apiKey]' },
    });
  });

  it('is the very same when there is none in it', () => {
    const result = { findings: ['a'] };
    expect(withoutSecrets(result, { apiKey: 'planted-key' })).toBe(result);
  });

  it('keeps words that a short secret happens to be', () => {
    expect(withoutSecrets({ findings: ['the token'] }, { apiKey: 'token' })).toEqual({
      findings: ['the token'],
    });
  });
});
