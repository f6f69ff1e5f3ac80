import { createPrivateKey, createPublicKey, generateKeyPair, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';
import { calculateJwkThumbprint, exportJWK, type JWK } from 'jose';
import { UnusableKey } from '../key-file.js';

export const SIGNING_ALGORITHM = 'RS256';
const MODULUS_BITS = 2_048;

/** An RSA key that tokens are signed with. Its id is the thumbprint of RFC 7638. */
export class SigningKey {
  private constructor(
    readonly id: string,
    readonly privateKey: KeyObject,
    readonly publicKey: KeyObject,
    /** The public part, as `/.well-known/jwks.json` shows it. */
    readonly jwk: JWK,
  ) {}

  static async generate(): Promise<SigningKey> {
    const { privateKey } = await promisify(generateKeyPair)('rsa', { modulusLength: MODULUS_BITS });
    return SigningKey.of(privateKey);
  }

  /** Reads a private key in PEM. Throws `UnusableKey`, which says what `where` does not hold, when it is no RSA key. */
  static fromPem(pem: string, where: string): Promise<SigningKey> {
    return SigningKey.of(parse(pem, where));
  }

  private static async of(privateKey: KeyObject): Promise<SigningKey> {
    const publicKey = createPublicKey(privateKey);
    const parts = await exportJWK(publicKey);
    const id = await calculateJwkThumbprint(parts);
    return new SigningKey(id, privateKey, publicKey, {
      ...parts,
      kid: id,
      use: 'sig',
      alg: SIGNING_ALGORITHM,
    });
  }

  /** PKCS#8: to be sealed before it goes anywhere. */
  get privatePem(): string {
    return this.privateKey.export({ type: 'pkcs8', format: 'pem' }) as string;
  }

  /** SPKI, as the settings file of the esc CLI wants it. */
  get publicPem(): string {
    return this.publicKey.export({ type: 'spki', format: 'pem' }) as string;
  }
}

function parse(pem: string, where: string): KeyObject {
  let key: KeyObject | undefined;
  try {
    key = createPrivateKey(pem);
  } catch {
    // The parser's own error may quote the text; the one below says all that helps.
  }
  if (key?.asymmetricKeyType !== 'rsa')
    throw new UnusableKey(
      `${where} holds no RSA private key in PEM. Restore it, or remove it: then a new one is made and all access tokens end.`,
    );
  const bits = key.asymmetricKeyDetails?.modulusLength ?? 0;
  if (bits < MODULUS_BITS)
    throw new UnusableKey(
      `${where} holds an RSA key of ${bits} bits; at least ${MODULUS_BITS} are needed. Remove it: then a new one is made and all access tokens end.`,
    );
  return key;
}
