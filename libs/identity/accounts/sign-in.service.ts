import { Inject, Injectable } from '@nestjs/common';
import { SETTINGS_TOKEN, type Settings } from '../../config/index.js';
import { AccountStore, Database, type AccountEntity } from '../../persistence/index.js';
import { actingAs, currentActor } from '../audit/actor.js';
import { Audit } from '../audit/audit.js';
import { SignInTokens, type IssuedToken } from '../tokens/sign-in-tokens.js';
import { nameOf } from './account-rules.js';
import { LoginThrottle, type Attempt } from './login-throttle.js';
import { MfaTokens } from './mfa-tokens.js';
import { oauthProblem } from './oauth-problem.js';
import { Passwords } from './passwords.js';
import { SecondFactor } from './second-factor.js';

/** Who asks, and with what. */
interface Asker {
  /** As the client calls itself; it is not checked. */
  readonly clientId: string | undefined;
  /** Network address; undefined when the connection is gone already. */
  readonly address: string | undefined;
}

const stale = () =>
  oauthProblem('invalid_grant', 'The mfa_token is not good, or not any more. Sign in again.');

/** Turns a password, and a one-time code where the account has a second factor, into a refresh token. */
@Injectable()
export class SignIn {
  private readonly accounts = new AccountStore();

  constructor(
    private readonly database: Database,
    private readonly passwords: Passwords,
    private readonly throttle: LoginThrottle,
    private readonly mfaTokens: MfaTokens,
    private readonly secondFactor: SecondFactor,
    private readonly tokens: SignInTokens,
    private readonly audit: Audit,
    @Inject(SETTINGS_TOKEN) private readonly settings: Settings,
  ) {}

  /** Throws a 403 `Problem` with an `mfa_token` when a code is needed, too; the other refusals are 400, 429 and 503. */
  async withPassword(email: string, password: string, asker: Asker): Promise<IssuedToken> {
    const issuer = this.settings.SPILLWAY_OIDC_ISSUER;
    if (issuer !== undefined) {
      throw oauthProblem('unsupported_grant_type', `This hub takes no passwords: sign in at ${issuer}.`);
    }
    const suspect = { email, address: asker.address, shows: 'password' } as const;
    const right = await this.passwords.check(suspect, password);
    if (!right) throw oauthProblem('invalid_grant', 'The email address or the password is wrong.');
    const { account, attempt } = right;
    if (account.totpConfirmedAt === null) return this.complete(account, attempt, asker, false);
    // Only the code forgives what failed before: else every right password would allow ten more guesses of it.
    await attempt.uncount();
    throw oauthProblem('mfa_required', 'A one-time code is needed, too.', 403, {
      mfa_token: await this.mfaTokens.issue(account),
    });
  }

  /** Throws a 400 `Problem` when it is no good `mfa_token`. */
  async mustBeHalfSignedIn(mfaToken: string): Promise<AccountEntity & { email: string }> {
    const half = await this.mfaTokens.read(mfaToken);
    const account = half && (await this.accounts.find(this.database, half.accountId));
    if (!half || !account || account.updatedAt.getTime() !== half.version) throw stale();
    const { email, active, totpConfirmedAt } = account;
    if (email === null || !active || totpConfirmedAt === null) throw stale();
    return { ...account, email };
  }

  async withCode(mfaToken: string, code: string, asker: Asker): Promise<IssuedToken> {
    const account = await this.mustBeHalfSignedIn(mfaToken);
    const opened = this.secondFactor.open(account);
    const suspect = { email: account.email, address: asker.address, shows: 'code' } as const;
    const attempt = await this.throttle.begin(suspect);
    if (await this.secondFactor.take(this.database, opened, code))
      return this.complete(account, attempt, asker, true);
    await attempt.failed(account.id);
    throw oauthProblem('invalid_grant', 'The one-time code is wrong, too old, or was used already.');
  }

  private complete(
    account: AccountEntity,
    attempt: Attempt,
    { clientId = 'unnamed' }: Asker,
    mfa: boolean,
  ): Promise<IssuedToken> {
    return this.database.transaction(async (tx) => {
      const present = await this.accounts.lock(tx, account.id);
      if (present?.updatedAt.getTime() !== account.updatedAt.getTime()) {
        throw oauthProblem('invalid_grant', 'The account was changed at this moment. Sign in again.');
      }
      const how = mfa ? 'a password and a one-time code' : 'a password';
      const issued = await this.tokens.issue(tx, account.id, { label: `Sign-in with ${how}`, clientId, mfa });
      await attempt.forgive(tx);
      const who = nameOf(account);
      await actingAs({ ...currentActor(), accountId: account.id, who, tokenId: issued.tokenId }, () =>
        this.audit.record(tx, {
          service: 'identity',
          action: 'account.signed-in',
          resource: { accounts: account.id },
          message: `Signed in with ${how}`,
        }),
      );
      return issued;
    });
  }
}
