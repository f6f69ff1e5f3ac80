import { Injectable } from '@nestjs/common';
import { AccountStore, Database, type AccountEntity } from '../../persistence/index.js';
import { LoginThrottle, type Attempt, type Suspect } from './login-throttle.js';
import { checkPassword, hashPassword, NOBODYS_HASH } from './password-hash.js';
import { PasswordHashing } from './password-hashing.js';

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
   * told apart, and have been counted. Throws a 429 `Problem` while the account or address is locked.
   */
  async check(suspect: Suspect, password: string): Promise<RightPassword | undefined> {
    await this.throttle.mustNotBeLocked(suspect);
    return this.hashing.inTurn('check', async () => {
      // Not before its turn: whoever waits in line has not failed, and must not lock others.
      const attempt = await this.throttle.begin(suspect);
      const account = await this.accounts.findByEmail(this.database, suspect.email.toLowerCase());
      if (account && (await this.fits(account, password))) return { account, attempt };
      if (!account) await checkPassword(password, NOBODYS_HASH);
      await attempt.failed(account?.id);
      return undefined;
    });
  }

  private async fits(account: AccountEntity, password: string): Promise<boolean> {
    const { id, active, passwordHash } = account;
    const { fits, isOutdated } = await checkPassword(password, passwordHash ?? NOBODYS_HASH);
    if (!fits || !active || passwordHash === null) return false;
    if (isOutdated)
      await this.accounts.replaceHash(this.database, id, passwordHash, await hashPassword(password));
    return true;
  }
}
