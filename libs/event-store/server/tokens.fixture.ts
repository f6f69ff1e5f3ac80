import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { SignJWT, type JWTPayload } from 'jose';

/** A key pair, with the public half as the configuration has it. */
export class Signer {
  readonly publicKey: string;
  private readonly privateKey: KeyObject;

  constructor() {
    const pair = generateKeyPairSync('ed25519');
    this.privateKey = pair.privateKey;
    this.publicKey = Buffer.from(pair.publicKey.export({ format: 'jwk' }).x!, 'base64url').toString('base64');
  }

  /** A token signed with this key, or with a secret when the algorithm is one of those. */
  sign(claims: JWTPayload, alg = 'EdDSA', secret?: Uint8Array): Promise<string> {
    return new SignJWT(claims).setProtectedHeader({ alg, typ: 'JWT' }).sign(secret ?? this.privateKey);
  }
}

const encoded = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/** A token that nobody signed. */
export const unsigned = (header: object, claims: object, signature = ''): string =>
  `${encoded(header)}.${encoded(claims)}.${signature}`;
