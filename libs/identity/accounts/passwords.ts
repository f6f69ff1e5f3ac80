import { Injectable } from '@nestjs/common';
import { AccountStore, Database, type AccountEntity } from '../../persistence/index.js';
import { LoginThrottle, type Attempt } from './login-throttle.js';
import { checkPassword, hashPassword, nobodysHash } from './password-hash.js';
import { PasswordHashing } from './password-hashing.js';
import { sharesOf, type Suspect } from './suspect.js';

/** A password that was right. */
export interface RightPassword {
  readonly account: AccountEntity;
  /** Still counts as failed: say what became of it. */
  readonly attempt: Attempt;
}

/** Checks passwords: throttled, a few at a time, and as slowly for whoever is not there as for whoever is. */
@Injectable()
export class Passwords {
  private readonly accounts = new AccountStore();

  constructor(
    private readonly database: Database,
    private readonly hashing: PasswordHashing,
    private readonly throttle: LoginThrottle,
  ) {}

  /**
   * Undefined for an unknown address, a wrong password, an inactive account and one without a password: they are not
   * told apart, and have been counted. Throws a 429 `Problem` while the suspect is locked or waits in line too often.
   */
  async check(suspect: Suspect, password: string): Promise<RightPassword | undefined> {
    await this.throttle.mustNotBeLocked(suspect);
    return this.hashing.holding(sharesOf(suspect), () =>
      this.hashing.inTurn('check', () => this.checkNow(suspect, password)),
    );
  }

  /** Not before its turn: whoever waits in line has not failed, and must not lock others. */
  private async checkNow(suspect: Suspect, password: string): Promise<RightPassword | undefined> {
    const attempt = await this.throttle.begin(suspect);
    const account = await this.find(suspect);
    if (account && (await this.fits(account, password))) return { account, attempt };
    const { cost } = this.hashing;
    if (!account) await checkPassword(password, nobodysHash(cost), cost);
    await attempt.failed(account?.id);
    return undefined;
  }

  private find(suspect: Suspect): Promise<AccountEntity | undefined> {
    return 'accountId' in suspect
      ? this.accounts.find(this.database, suspect.accountId)
      : this.accounts.findByEmail(this.database, suspect.email.toLowerCase());
  }

  private async fits({ id, active, passwordHash }: AccountEntity, password: string): Promise<boolean> {
    const { cost } = this.hashing;
    const { fits, isOutdated } = await checkPassword(password, passwordHash ?? nobodysHash(cost), cost);
    if (!fits || !active || passwordHash === null) return false;
    if (isOutdated)
      await this.accounts.replaceHash(this.database, id, passwordHash, await hashPassword(password, cost));
    return true;
  }
}
