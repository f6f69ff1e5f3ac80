import { Injectable } from '@nestjs/common';
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
  | { readonly kind: 'ingest'; readonly tokenHash: string };

/**
 * Tells whose a token is: an access token of ours or of the external issuer, an ingest token, or where a route takes it a
 * refresh token.
 */
@Injectable()
export class Authenticator {
  constructor(
    private readonly accessTokens: AccessTokens,
    private readonly refreshTokens: RefreshTokens,
    private readonly externalAccounts: ExternalAccounts,
  ) {}

  /**
   * Throws a `Problem`: 401 that says what is wrong with the token; for one of the external issuer also 403 (its bearer has
   * no account) and 503 (the issuer cannot be reached). An ingest token is not looked up yet.
   */
  async identify(
    token: string,
    { acceptsRefreshToken }: { acceptsRefreshToken: boolean },
  ): Promise<Identity> {
    if (token.startsWith(INGEST_TOKEN_PREFIX)) return { kind: 'ingest', tokenHash: hashOfToken(token) };
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
}
