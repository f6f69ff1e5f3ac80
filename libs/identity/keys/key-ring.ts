import { decodeProtectedHeader, errors, jwtVerify, SignJWT, type JWK, type JWTPayload } from 'jose';
import { newId, type Clock } from '../../domain/index.js';
import { keysAt, OLDEST_VIEW_MS, type KeysInForce } from './key-times.js';
import { SIGNING_ALGORITHM, type SigningKey } from './signing-key.js';
import type { StoredKey } from './signing-keys.js';

/** Who signs: all hubs on one database. */
const ISSUER = 'urn:spillway';
/** Unknown key ids make us look at most so often: a forged one costs nothing. */
const LEAST_BETWEEN_READS_MS = 1_000;

/** What tells one kind of our tokens from another; one that differs in either is none of this kind. */
export interface TokenKind {
  /** The `typ` in its header. */
  readonly typ: string;
  readonly audience: string;
}

/** Where a ring's keys come from. */
export interface KeySource {
  read(): Promise<readonly StoredKey[]>;
}

/** Signs and verifies the tokens of all hubs on this database, while their keys come and go. */
export class KeyRing {
  private keys: readonly StoredKey[] = [];
  private readAt: number | undefined;
  private reading: Promise<void> | undefined;

  constructor(
    private readonly source: KeySource,
    private readonly clock: Clock,
  ) {}

  /** A JWT with these claims besides `iss`, `aud`, `iat`, `exp` and `jti`. */
  async sign(
    claims: JWTPayload,
    { typ, audience, lifetimeSeconds }: TokenKind & { readonly lifetimeSeconds: number },
  ): Promise<string> {
    const { signing } = await this.inForce();
    const issuedAt = Math.floor(this.clock.now().getTime() / 1_000);
    return new SignJWT(claims)
      .setProtectedHeader({ alg: SIGNING_ALGORITHM, kid: signing.id, typ })
      .setIssuer(ISSUER)
      .setAudience(audience)
      .setIssuedAt(issuedAt)
      .setExpirationTime(issuedAt + lifetimeSeconds)
      .setJti(newId())
      .sign(signing.key.privateKey);
  }

  /**
   * The claims of a token of this kind that is good now, and has `requiredClaims` besides `exp` and `iat`. Throws an
   * error of jose's (`errors.JOSEError`) that tells what is wrong with it.
   */
  async verify(
    token: string,
    { typ, audience, requiredClaims = [] }: TokenKind & { readonly requiredClaims?: readonly string[] },
  ): Promise<JWTPayload> {
    let failure: Error | undefined;
    for (const key of await this.candidates(token)) {
      try {
        const { payload } = await jwtVerify(token, key.publicKey, {
          algorithms: [SIGNING_ALGORITHM],
          issuer: ISSUER,
          typ,
          audience,
          requiredClaims: ['exp', 'iat', ...requiredClaims],
          currentDate: this.clock.now(),
        });
        return payload;
      } catch (error) {
        if (!(error instanceof errors.JWSSignatureVerificationFailed)) throw error;
        failure = error;
      }
    }
    throw failure ?? new errors.JWKSNoMatchingKey();
  }

  /** What `/.well-known/jwks.json` shows. */
  async published(): Promise<JWK[]> {
    return (await this.inForce()).accepted.map(({ key }) => key.jwk);
  }

  /** The key that signs now. */
  async signing(): Promise<SigningKey> {
    return (await this.inForce()).signing.key;
  }

  /** The key that will sign next; `undefined` when none is announced. */
  async next(): Promise<SigningKey | undefined> {
    return (await this.inForce()).next?.key;
  }

  /** The key that a token names; of one that names none all that it might be signed with. */
  private async candidates(token: string): Promise<SigningKey[]> {
    const id = keyIdOf(token);
    const accepted = async () =>
      (await this.inForce()).accepted.filter((one) => id === undefined || one.id === id);
    const found = await accepted();
    if (found.length === 0 && this.ageMs() >= LEAST_BETWEEN_READS_MS) {
      await this.read();
      return (await accepted()).map(({ key }) => key);
    }
    return found.map(({ key }) => key);
  }

  private async inForce(): Promise<KeysInForce<StoredKey>> {
    if (this.ageMs() >= OLDEST_VIEW_MS) await this.read();
    const inForce = keysAt(this.keys, this.clock.now());
    if (inForce === undefined) throw new Error('There is no signing key that can be opened.');
    return inForce;
  }

  private ageMs(): number {
    // A clock that was set back makes a view old, too.
    return this.readAt === undefined ? Infinity : Math.abs(this.clock.now().getTime() - this.readAt);
  }

  /** Whoever comes while the keys are being read waits for the same answer. */
  private read(): Promise<void> {
    this.reading ??= this.readOnce().finally(() => {
      this.reading = undefined;
    });
    return this.reading;
  }

  private async readOnce(): Promise<void> {
    const askedAt = this.clock.now().getTime();
    this.keys = await this.source.read();
    this.readAt = askedAt;
  }
}

function keyIdOf(token: string): string | undefined {
  try {
    return decodeProtectedHeader(token).kid;
  } catch {
    // What is malformed is refused as such, by whoever verifies it.
    return undefined;
  }
}
