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

  it('is the same when there is none in it', () => {
    const result = {
      ok: true,
      findings: ['a'],
      httpStatus: 200,
      outcome: undefined,
      rejected: [{ index: 0 }],
    };
    expect(withoutSecrets(result, { apiKey: 'planted-key' })).toEqual(result);
  });

  it.each(['delivered', 'transient', 'unauthorized', 'findings', 'destination', '12345678'])(
    'keeps its form where the secret is "%s"',
    (secret) => {
      const reason = `a ${secret} b`;
      const result = {
        ok: false,
        findings: [reason],
        outcome: { kind: secret, what: secret, code: 'a', reason, ref: { ts: secret }, waitMs: 12_345_678 },
        members: { [secret]: 1 },
      };
      expect(withoutSecrets(result, { apiKey: secret })).toEqual({
        ...result,
        findings: ['a [apiKey] b'],
        outcome: { ...result.outcome, reason: 'a [apiKey] b' },
      });
    },
  );

  it('keeps words that a short secret happens to be', () => {
    expect(withoutSecrets({ findings: ['the token'] }, { apiKey: 'token' })).toEqual({
      findings: ['the token'],
    });
  });
});
