import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { SigningKey } from './signing-key.js';

const pemOf = (bits: number): string =>
  generateKeyPairSync('rsa', { modulusLength: bits }).privateKey.export({
    type: 'pkcs1',
    format: 'pem',
  }) as string;

describe('a signing key', () => {
  it('is the same after it was written down and read again', async () => {
    const key = await SigningKey.generate();
    const again = await SigningKey.fromPem(key.privatePem, 'The test');
    expect([again.id, again.jwk, again.publicPem]).toEqual([key.id, key.jwk, key.publicPem]);
  });

  it('shows no private part', async () => {
    const { jwk, publicPem } = await SigningKey.generate();
    expect(Object.keys(jwk).sort()).toEqual(['alg', 'e', 'kid', 'kty', 'n', 'use']);
    expect(publicPem).toMatch(/^-----BEGIN PUBLIC KEY-----\n[^-]+-----END PUBLIC KEY-----\n$/);
  });

  it.each([
    ['is none', 'planted nonsense', 'holds no RSA private key in PEM'],
    [
      'is of another kind',
      generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }) as string,
      'holds no RSA private key',
    ],
    ['is too short', pemOf(1_024), 'holds an RSA key of 1024 bits; at least 2048 are needed'],
  ])('is refused with where it came from when it %s', async (_what, pem, reason) => {
    const reading = async () => SigningKey.fromPem(pem, 'The file key.pem');
    await expect(reading()).rejects.toThrow(`The file key.pem ${reason}`);
    await expect(reading()).rejects.not.toThrow('planted');
  });
});
