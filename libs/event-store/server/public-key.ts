import { createPublicKey, type KeyObject } from 'node:crypto';
import { isSafePoint } from './ed25519-point.js';

/** The message is a sentence that names `jwt_public_key`, and does not repeat it. */
export class BadPublicKey extends Error {
  constructor(reason: string) {
    super(
      `"jwt_public_key" must be the 32 bytes of an Ed25519 public key in standard base64, but ${reason}.`,
    );
    this.name = 'BadPublicKey';
  }
}

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;
const KEY_BYTES = 32;

/** Reads `jwt_public_key`. Throws `BadPublicKey`. */
export function readPublicKey(text: string): KeyObject {
  // Line breaks are left out by Go's decoder, too.
  const base64 = text.replaceAll(/[\r\n]/g, '').trim();
  if (!BASE64.test(base64)) throw new BadPublicKey('it is no base64');
  const bytes = Buffer.from(base64, 'base64');
  if (bytes.length !== KEY_BYTES) throw new BadPublicKey(`it has ${bytes.length} bytes`);
  if (!isSafePoint(bytes)) throw new BadPublicKey('these are the public key of nobody');
  return createPublicKey({
    key: { kty: 'OKP', crv: 'Ed25519', x: bytes.toString('base64url') },
    format: 'jwk',
  });
}
