import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, newId, type Clock } from '../../domain/index.js';
import { RefreshTokenStore, type Transaction } from '../../persistence/index.js';
import { hashOfToken, newTokenText, REFRESH_TOKEN_PREFIX } from './token-text.js';

/** So many sign-ins of an account live at once; whoever signs in from a script never signs out. */
const MAX_SIGN_INS = 100;
const MAX_CLIENT_CHARACTERS = 100;

/** A new refresh token; its text cannot be had again. */
export interface IssuedToken {
  readonly accountId: string;
  readonly tokenId: string;
  readonly refreshToken: string;
}

/** What is to be remembered of a sign-in. */
export interface SignInMark {
  readonly label: string;
  /** As the client calls itself. */
  readonly clientId: string;
  readonly mfa: boolean;
}

/** The refresh tokens that sign-ins make. */
@Injectable()
export class SignInTokens {
  private readonly store = new RefreshTokenStore();

  constructor(@Inject(CLOCK) private readonly clock: Clock) {}

  /**
   * Makes one. The account must be locked: beyond 100 its sign-ins that were used least recently are revoked, never
   * tokens that were made by name.
   */
  async issue(
    tx: Transaction,
    accountId: string,
    { label, clientId, mfa }: SignInMark,
  ): Promise<IssuedToken> {
    const now = this.clock.now();
    const refreshToken = newTokenText(REFRESH_TOKEN_PREFIX);
    const tokenId = newId(now);
    const client = [...clientId].slice(0, MAX_CLIENT_CHARACTERS).join('');
    // First the old ones: the new one must not be among them when the clock was set back.
    await this.store.keepSignIns(tx, accountId, MAX_SIGN_INS - 1, now);
    await this.store.insert(tx, {
      id: tokenId,
      tokenHash: hashOfToken(refreshToken),
      accountId,
      label: `${label} (client ${client})`,
      mfa,
      isSignIn: true,
      createdAt: now,
    });
    return { accountId, tokenId, refreshToken };
  }
}
