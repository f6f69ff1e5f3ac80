import { errors, jwtVerify, SignJWT } from 'jose';
import { Problem, newId, type Clock } from '../domain/index.js';
import type { SigningKey } from './signing-key.js';

/** The audience that the clients of Event Store Cloud use; always one string, an array is an error to them. */
export const AUDIENCE = 'https://api.eventstore.cloud';
const ISSUER = 'urn:spillway';
/** What a token may do, and how long: both are part of the answer of `/oauth/token`. */
export const SCOPE = 'cloud:access offline_access';
export const ACCESS_TOKEN_LIFETIME_SECONDS = 3_600;

/** What an access token of ours says. */
export interface AccessClaims {
  readonly accountId: string;
  /** The refresh token that it was got with: revoking that ends this one, too. */
  readonly tokenId: string;
}

const unauthorized = (detail: string) => new Problem(401, 'Unauthorized', detail);

/** Issues and verifies access tokens: JWT, RS256, valid for one hour. */
export class AccessTokens {
  constructor(
    private readonly key: SigningKey,
    private readonly clock: Clock,
  ) {}

  issue({ accountId, tokenId }: AccessClaims): Promise<string> {
    const issuedAt = Math.floor(this.clock.now().getTime() / 1_000);
    return new SignJWT({ scope: SCOPE, sid: tokenId })
      .setProtectedHeader({ alg: 'RS256', kid: this.key.id, typ: 'JWT' })
      .setIssuer(ISSUER)
      .setSubject(accountId)
      .setAudience(AUDIENCE)
      .setIssuedAt(issuedAt)
      .setExpirationTime(issuedAt + ACCESS_TOKEN_LIFETIME_SECONDS)
      .setJti(newId())
      .sign(this.key.privateKey);
  }

  /** Who the bearer of this token is. Throws a 401 `Problem` that says what is wrong with it. */
  async verify(token: string): Promise<AccessClaims> {
    try {
      const { payload } = await jwtVerify(token, this.key.publicKey, {
        algorithms: ['RS256'],
        issuer: ISSUER,
        audience: AUDIENCE,
        requiredClaims: ['exp', 'sub', 'iat', 'sid'],
        currentDate: this.clock.now(),
      });
      return { accountId: String(payload.sub), tokenId: String(payload['sid']) };
    } catch (error) {
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
