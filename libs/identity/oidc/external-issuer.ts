import { createRemoteJWKSet, errors, jwtVerify, type JWTPayload, type JWTVerifyGetKey } from 'jose';
import { Problem, unauthorized, type Clock } from '../../domain/index.js';
import type { Logger } from '../../observability/index.js';
import { causeOf, discoverKeys, ISSUER_TIMEOUT_MS, IssuerUnusable } from './discovery.js';

/** Signatures only; never a shared secret (HS256), for which a public key could be taken. */
const ALGORITHMS = 'RS256 RS384 RS512 PS256 PS384 PS512 ES256 ES384 ES512 EdDSA Ed25519'.split(' ');
/** Other tokens of an issuer (logout tokens, token introspection) may have our audience, too. */
const ACCESS_TOKEN_TYPES: readonly unknown[] = [undefined, 'JWT', 'jwt', 'at+jwt', 'application/at+jwt'];
/** How much two clocks may differ. */
const CLOCK_TOLERANCE_SECONDS = 5;
/** An unknown key id makes us fetch the keys again at most so often. */
const KEYS_COOLDOWN_MS = 5_000;
/** An issuer that could not be reached is asked again after this. */
const RETRY_MS = 2_000;
/** The configuration is read anew after this. */
const DISCOVERY_MAX_AGE_MS = 3_600_000;

/** What the issuer says of the bearer. */
export interface ExternalClaims {
  readonly subject: string;
  readonly email: string | undefined;
  readonly isEmailVerified: boolean;
}

type VerifyingKey = Awaited<ReturnType<JWTVerifyGetKey>>;

interface Discovered {
  readonly getKey: JWTVerifyGetKey;
  readonly at: number;
}

/** The external issuer whose access tokens are accepted. Its configuration and keys are fetched when they are needed. */
export class ExternalIssuer {
  private discovered: Discovered | undefined;
  private discovering: Promise<Discovered> | undefined;
  private failure: { readonly error: IssuerUnusable; readonly at: number } | undefined;

  constructor(
    readonly issuer: string,
    private readonly audience: string,
    private readonly clock: Clock,
    private readonly logger: Logger,
  ) {}

  /** Whether it can be reached; logs a warning when not. */
  async probe(): Promise<void> {
    await this.keys().catch(() => undefined);
  }

  /** Throws a `Problem`: 401 that says what is wrong with the token, 503 while the issuer cannot be reached. */
  async verify(token: string): Promise<ExternalClaims> {
    try {
      const { payload, protectedHeader } = await jwtVerify(
        token,
        (header, input) => this.key(header, input),
        {
          algorithms: ALGORITHMS,
          issuer: this.issuer,
          audience: this.audience,
          requiredClaims: ['sub', 'exp'],
          clockTolerance: CLOCK_TOLERANCE_SECONDS,
          currentDate: this.clock.now(),
        },
      );
      if (!ACCESS_TOKEN_TYPES.includes(protectedHeader.typ))
        throw unauthorized(
          `The token is no access token: its type is ${JSON.stringify(protectedHeader.typ)}.`,
        );
      return claimsOf(payload);
    } catch (error) {
      if (error instanceof IssuerUnusable) throw this.unavailable();
      if (!(error instanceof errors.JOSEError)) throw error;
      throw unauthorized(this.reasonOf(error));
    }
  }

  private async key(...[header, input]: Parameters<JWTVerifyGetKey>): Promise<VerifyingKey> {
    const { getKey } = await this.keys();
    try {
      return await getKey(header, input);
    } catch (error) {
      if (error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWKSMultipleMatchingKeys)
        throw error;
      const unusable = new IssuerUnusable(`The keys of ${this.issuer} cannot be read: ${causeOf(error)}`, {
        cause: error,
      });
      this.warn(unusable);
      throw unusable;
    }
  }

  /** Whoever comes while the configuration is being read waits for the same answer. */
  private async keys(): Promise<Discovered> {
    const { discovered, failure } = this;
    const now = performance.now();
    if (discovered && now - discovered.at < DISCOVERY_MAX_AGE_MS) return discovered;
    if (failure && now - failure.at < RETRY_MS) return discovered ?? Promise.reject(failure.error);
    this.discovering ??= this.discover().finally(() => {
      this.discovering = undefined;
    });
    try {
      return await this.discovering;
    } catch (error) {
      // Keys that were good an hour ago are better than none; they are still fetched from where they were.
      if (discovered) return discovered;
      throw error;
    }
  }

  private async discover(): Promise<Discovered> {
    try {
      const address = await discoverKeys(this.issuer);
      const options = { timeoutDuration: ISSUER_TIMEOUT_MS, cooldownDuration: KEYS_COOLDOWN_MS };
      this.discovered = { getKey: createRemoteJWKSet(address, options), at: performance.now() };
      return this.discovered;
    } catch (error) {
      if (!(error instanceof IssuerUnusable)) throw error;
      this.failure = { error, at: performance.now() };
      this.warn(error);
      throw error;
    }
  }

  private warn({ message: reason }: IssuerUnusable): void {
    this.logger.warn({ event: 'oidc.issuer_unusable', issuer: this.issuer, reason });
  }

  private unavailable(): Problem {
    return new Problem(
      503,
      'Service Unavailable',
      `The issuer ${this.issuer} cannot be asked for its keys at present. Try again; tokens of this hub itself go on working.`,
    );
  }

  private reasonOf(error: errors.JOSEError): string {
    const { issuer } = this;
    if (error instanceof errors.JWTExpired)
      return `The access token has expired; get a new one from ${issuer}.`;
    if (error instanceof errors.JWTClaimValidationFailed)
      return `The access token is not meant for this API: its claim "${error.claim}" does not fit.`;
    if (error instanceof errors.JOSEAlgNotAllowed || error instanceof errors.JOSENotSupported)
      return 'The access token is signed with an algorithm that is not accepted.';
    if (error instanceof errors.JWKSMultipleMatchingKeys)
      return `The access token names none of the keys of ${issuer} (its header has no "kid").`;
    if (error instanceof errors.JWSInvalid || error instanceof errors.JWTInvalid)
      return 'The access token is malformed: it is no signed JWT.';
    return `The access token is forged: ${issuer} did not sign it.`;
  }
}

const claimsOf = ({ sub, email, email_verified: verified }: JWTPayload): ExternalClaims => ({
  subject: String(sub),
  email: typeof email === 'string' && email !== '' ? email.toLowerCase() : undefined,
  isEmailVerified: verified === true,
});
