import fc from 'fast-check';
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

  it('loses a short secret where it is a word of its own, and keeps words that begin or end with it', () => {
    const needed = 'chat:write,chat,tokens token: "chat"';
    expect(withoutSecrets({ needed }, { apiKey: 'chat' })).toEqual({
      needed: '[apiKey]:write,[apiKey],tokens token: "[apiKey]"',
    });
    expect(withoutSecrets({ needed }, { apiKey: 'toke' })).toEqual({ needed });
  });

  it('keeps its texts where the secret is a letter or nothing', () => {
    const findings = ['a missing a'];
    expect(withoutSecrets({ findings }, { apiKey: 'a', other: '' })).toEqual({ findings });
  });

  it('leaves no tail of a secret that begins with another', () => {
    const secrets = { id: 'planted-0', key: 'planted-0-and-more' };
    expect(withoutSecrets('planted-0-and-more planted-0', secrets)).toBe('[key] [id]');
  });

  it('holds no base64 of a text with the secret in it', () => {
    const secret = 'xoxb-planted-0123';
    for (const user of ['', 'a', 'ab', 'abc'])
      for (const encoding of ['base64', 'base64url'] as const) {
        const text = Buffer.from(`${user}:${secret}:more`).toString(encoding);
        const clean = withoutSecrets(`Basic ${text}`, { token: secret });
        expect(clean).toContain('[token]');
        expect(clean.length).toBeLessThan(text.length);
      }
  });

  const PLACES: readonly ((form: string) => string)[] = [
    (form) => JSON.stringify({ ok: false, error: form, needed: `x,${form} y` }),
    (form) => `{"ok":false,"echo":"${form}"}`,
    (form) => `<html><body><p title="${form}">${form}</p></body></html>`,
    (form) => `https://hub.example.com/?q=${form}&z=1`,
    (form) => `authorization: Bearer ${form}\n`,
  ];
  const FORMS: Readonly<Record<string, (secret: string) => string>> = {
    plain: (secret) => secret,
    json: (secret) => JSON.stringify(secret).slice(1, -1),
    'json in json': (secret) => JSON.stringify(JSON.stringify(secret).slice(1, -1)).slice(1, -1),
    html: (secret) =>
      secret
        .replaceAll('&', '&amp;')
        .replaceAll('<', '&lt;')
        .replaceAll('>', '&gt;')
        .replaceAll('"', '&quot;')
        .replaceAll("'", '&#39;'),
    address: encodeURIComponent,
    base64: (secret) => Buffer.from(secret).toString('base64'),
    base64url: (secret) => Buffer.from(secret).toString('base64url'),
  };

  it('holds no secret in any form, whatever it is and wherever it stands', () => {
    const anySecret = fc.oneof(
      fc.string({ minLength: 4, maxLength: 40 }),
      fc.string({ minLength: 4, maxLength: 20, unit: 'grapheme' }),
      fc.string({ minLength: 4, maxLength: 12, unit: fc.constantFrom(...`"'\\/<>&%+=[]$^.ab`) }),
    );
    fc.assert(
      fc.property(
        anySecret,
        fc.constantFrom(...Object.keys(FORMS)),
        fc.constantFrom(...PLACES),
        (secret, name, place) => {
          const form = FORMS[name]!(secret);
          const frame = place('[apiKey]');
          fc.pre(!frame.includes(secret) && !frame.includes(form));
          const clean = withoutSecrets(place(form), { apiKey: secret });
          expect(clean).not.toContain(form);
          expect(clean).not.toContain(secret);
        },
      ),
      { numRuns: 5_000 },
    );
  }, 30_000);
});
