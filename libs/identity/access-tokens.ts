import { errors } from 'jose';
import { unauthorized } from '../domain/index.js';
import type { KeyRing } from './keys/key-ring.js';
import { ACCESS_TOKEN_LIFETIME_SECONDS } from './keys/key-times.js';

export { ACCESS_TOKEN_LIFETIME_SECONDS };

/** The audience that the clients of Event Store Cloud use; always one string, an array is an error to them. */
export const AUDIENCE = 'https://api.eventstore.cloud';
/** What a token may do, and how long: both are part of the answer of `/oauth/token`. */
export const SCOPE = 'cloud:access offline_access';
/** Tells them from every other token that our keys sign. */
const KIND = { typ: 'JWT', audience: AUDIENCE } as const;

/** What an access token of ours says. */
export interface AccessClaims {
  readonly accountId: string;
  /** The refresh token that it was got with: revoking that ends this one, too. */
  readonly tokenId: string;
}

/** Issues and verifies access tokens: JWT, RS256, valid for one hour at every hub on this database. */
export class AccessTokens {
  constructor(private readonly ring: KeyRing) {}

  issue({ accountId, tokenId }: AccessClaims): Promise<string> {
    const claims = { scope: SCOPE, sid: tokenId, sub: accountId };
    return this.ring.sign(claims, { ...KIND, lifetimeSeconds: ACCESS_TOKEN_LIFETIME_SECONDS });
  }

  /** Who the bearer of this token is. Throws a 401 `Problem` that says what is wrong with it. */
  async verify(token: string): Promise<AccessClaims> {
    try {
      const { sub, sid } = await this.ring.verify(token, { ...KIND, requiredClaims: ['sub', 'sid'] });
      return { accountId: String(sub), tokenId: String(sid) };
    } catch (error) {
      if (!(error instanceof errors.JOSEError)) throw error;
      throw unauthorized(reasonOf(error));
    }
  }
}

function reasonOf(error: unknown): string {
  if (error instanceof errors.JWTExpired)
    return 'The access token has expired; get a new one from /oauth/token.';
  if (error instanceof errors.JWSInvalid || error instanceof errors.JWTInvalid) {
    return 'The access token is malformed: it is no signed JWT.';
  }
  if (error instanceof errors.JWTClaimValidationFailed) {
    return `The access token is not meant for this API: its claim "${error.claim}" does not fit.`;
  }
  return 'The access token is forged: this hub did not sign it.';
}
