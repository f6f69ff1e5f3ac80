import { createPrivateKey, createPublicKey, generateKeyPair, type KeyObject } from 'node:crypto';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { calculateJwkThumbprint, exportJWK, type JWK } from 'jose';
import { readOrCreateKeyFile, UnusableKey } from './key-file.js';

const KEY_FILE = 'signing-key.pem';
const MODULUS_BITS = 2_048;

const generate = async (): Promise<string> =>
  (
    await promisify(generateKeyPair)('rsa', {
      modulusLength: MODULUS_BITS,
      publicKeyEncoding: { type: 'spki', format: 'pem' },
      privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    })
  ).privateKey;

/** The RSA key that access tokens are signed with. Its id is the thumbprint of RFC 7638. */
export class SigningKey {
  private constructor(
    readonly id: string,
    readonly privateKey: KeyObject,
    readonly publicKey: KeyObject,
    /** The public part, as `/.well-known/jwks.json` shows it. */
    readonly jwk: JWK,
  ) {}

  /** Loads `signing-key.pem` of the data directory, or makes it. Throws `UnusableKey` when it is no RSA key. */
  static async load(dataDirectory: string): Promise<SigningKey> {
    const path = join(dataDirectory, KEY_FILE);
    const privateKey = parse(await readOrCreateKeyFile(path, generate), path);
    const publicKey = createPublicKey(privateKey);
    const parts = await exportJWK(publicKey);
    const id = await calculateJwkThumbprint(parts);
    return new SigningKey(id, privateKey, publicKey, { ...parts, kid: id, use: 'sig', alg: 'RS256' });
  }
}

function parse(pem: string, path: string): KeyObject {
  let key: KeyObject | undefined;
  try {
    key = createPrivateKey(pem);
  } catch {
    // The parser's own error may quote the file; the one below says all that helps.
  }
  if (key?.asymmetricKeyType === 'rsa' && (key.asymmetricKeyDetails?.modulusLength ?? 0) >= MODULUS_BITS)
    return key;
  throw new UnusableKey(
    `The key file ${path} holds no RSA private key in PEM. Restore it, or remove it: then a new one is made and all access tokens end.`,
  );
}
