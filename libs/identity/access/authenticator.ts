import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, unauthorized, type Clock } from '../../domain/index.js';
import { AccessStore, Database, type IngestStanding } from '../../persistence/index.js';
import { AccessTokens } from '../access-tokens.js';
import { ExternalAccounts } from '../oidc/external-accounts.js';
import { INGEST_TOKEN_PREFIX, hashOfToken } from '../tokens/token-text.js';
import { RefreshTokens } from '../tokens/refresh-tokens.js';

/** What a token says of its bearer, before anything is asked about their rights. */
export type Identity =
  | {
      readonly kind: 'account';
      readonly accountId: string;
      /** The refresh token behind it; null when an external issuer signed it. */
      readonly tokenId: string | null;
      /** An external issuer answers for how they signed in. */
      readonly isVouchedFor: boolean;
    }
  | { readonly kind: 'ingest'; readonly standing: IngestStanding };

/**
 * Tells whose a token is: an access token of ours or of the external issuer, an ingest token, or where a route takes it a
 * refresh token.
 */
@Injectable()
export class Authenticator {
  private readonly store = new AccessStore();

  constructor(
    private readonly accessTokens: AccessTokens,
    private readonly refreshTokens: RefreshTokens,
    private readonly externalAccounts: ExternalAccounts,
    private readonly database: Database,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * Throws a `Problem`: 401 that says what is wrong with the token; for one of the external issuer also 403 (its bearer has
   * no account) and 503 (the issuer cannot be reached).
   */
  async identify(
    token: string,
    { acceptsRefreshToken }: { acceptsRefreshToken: boolean },
  ): Promise<Identity> {
    if (token.startsWith(INGEST_TOKEN_PREFIX)) return { kind: 'ingest', standing: await this.ingest(token) };
    if (this.externalAccounts.isTheirs(token)) {
      const accountId = await this.externalAccounts.identify(token);
      return { kind: 'account', accountId, tokenId: null, isVouchedFor: true };
    }
    const lasting = acceptsRefreshToken ? await this.refreshTokens.use(token) : undefined;
    const { accountId, tokenId } = lasting
      ? { accountId: lasting.accountId, tokenId: lasting.id }
      : await this.accessTokens.verify(token);
    return { kind: 'account', accountId, tokenId, isVouchedFor: false };
  }

  private async ingest(token: string): Promise<IngestStanding> {
    const found = await this.store.ingestStanding(this.database, hashOfToken(token), this.clock.now());
    if (!found) throw unauthorized('The ingest token is unknown or revoked.');
    return found;
  }
}
