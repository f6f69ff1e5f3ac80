import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { BadPublicKey, readPublicKey } from './public-key.js';
import { Signer } from './tokens.fixture.js';

const hex = (text: string): string => Buffer.from(text, 'hex').toString('base64');
const ZEROS = '00'.repeat(31);

describe('jwt_public_key', () => {
  it('is the key that signs', () => {
    for (let count = 0; count < 20; count += 1) {
      const { publicKey } = new Signer();
      const { x } = readPublicKey(` ${publicKey}\r\n`).export({ format: 'jwk' });
      expect(Buffer.from(x!, 'base64url').toString('base64')).toBe(publicKey);
    }
  });

  it.each([
    ['the first test key of RFC 8032', 'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a'],
    ['the second', '3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c'],
    ['the base point', `58${'66'.repeat(31)}`],
  ])('may be %s', (_what, bytes) => {
    expect(readPublicKey(hex(bytes)).asymmetricKeyType).toBe('ed25519');
  });

  it.each([
    ['no base64', 'not a key!', 'no base64'],
    ['URL-safe base64', '-_'.repeat(21) + '8=', 'no base64'],
    ['base64 without its end', new Signer().publicKey.slice(0, -1), 'no base64'],
    [
      'a PEM',
      generateKeyPairSync('ed25519').publicKey.export({ format: 'pem', type: 'spki' }) as string,
      'no base64',
    ],
    ['too short', hex('aa'), 'it has 1 bytes'],
    ['a private key', hex('aa'.repeat(64)), 'it has 64 bytes'],
    ['no point', hex(`02${ZEROS}`), 'public key of nobody'],
    ['too large a number', hex('ff'.repeat(32)), 'public key of nobody'],
    ['all zeros, of order 4', hex(`00${ZEROS}`), 'public key of nobody'],
    ['the neutral point', hex(`01${ZEROS}`), 'public key of nobody'],
    ['the point of order 2', hex(`ec${'ff'.repeat(30)}7f`), 'public key of nobody'],
    [
      'a point of order 8',
      hex('c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a'),
      'public key of nobody',
    ],
  ])('D18: %s is refused in a sentence', (_what, text, reason) => {
    let message = 'none';
    try {
      readPublicKey(text);
    } catch (error) {
      expect(error).toBeInstanceOf(BadPublicKey);
      message = (error as Error).message;
    }
    expect(message).toMatch(/^"jwt_public_key" must be .*\.$/);
    expect(message).toContain(reason);
    expect(message).not.toContain(text);
  });
});
