import type { KeyObject } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { errors, jwtVerify } from 'jose';
import type { Clock } from '../../domain/index.js';

/** How far the clock of who signs may be off. */
const LEEWAY_SECONDS = 5;
const BEARER = 'Bearer ';

/** The texts of cc-event-store. */
const REFUSALS = {
  missing: 'Use JWT Authentication',
  expired: 'Token is expired',
  fromFuture: 'Token used before issued',
  early: 'Token is not valid yet',
  algorithm: 'signing method (alg) is unavailable.',
  invalid: 'key is invalid',
} as const;
export type Refusal = (typeof REFUSALS)[keyof typeof REFUSALS];

/** Checks tokens: JWT that the owner of the key signed with EdDSA, within their times. Who they name does not matter. */
export class TokenCheck {
  constructor(
    private readonly key: KeyObject,
    private readonly clock: Clock,
  ) {}

  /** Why a request is refused, in the words of cc-event-store; undefined when it is not. */
  async refusalOf(headers: IncomingHttpHeaders): Promise<Refusal | undefined> {
    const token = tokenOf(headers);
    if (token === undefined) return REFUSALS.missing;
    const currentDate = this.clock.now();
    const options = { algorithms: ['EdDSA'], clockTolerance: LEEWAY_SECONDS, currentDate };
    try {
      const { payload } = await jwtVerify(token, this.key, options);
      // The library looks at `iat` only where a greatest age is set.
      return isFromFuture(payload.iat, currentDate) ? REFUSALS.fromFuture : undefined;
    } catch (error) {
      return refusalFor(error);
    }
  }
}

/** `Authorization: Bearer`, or `X-Auth-Token` as the Swagger document of cc-event-store says. */
function tokenOf(headers: IncomingHttpHeaders): string | undefined {
  const { authorization, 'x-auth-token': own } = headers;
  if (authorization?.startsWith(BEARER)) return authorization.slice(BEARER.length).trim();
  return typeof own === 'string' && own !== '' ? own : undefined;
}

const isFromFuture = (issuedAt: number | undefined, now: Date): boolean =>
  issuedAt !== undefined && issuedAt > Math.floor(now.getTime() / 1_000) + LEEWAY_SECONDS;

const REFUSALS_OF_CLAIMS: Readonly<Record<string, Refusal>> = {
  exp: REFUSALS.expired,
  iat: REFUSALS.fromFuture,
  nbf: REFUSALS.early,
};

function refusalFor(error: unknown): Refusal {
  if (error instanceof errors.JOSEAlgNotAllowed) return REFUSALS.algorithm;
  if (error instanceof errors.JWTExpired) return REFUSALS.expired;
  // Also of times that are none.
  if (error instanceof errors.JWTClaimValidationFailed)
    return REFUSALS_OF_CLAIMS[error.claim] ?? REFUSALS.invalid;
  return REFUSALS.invalid;
}
