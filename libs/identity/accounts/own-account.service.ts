import { Inject, Injectable } from '@nestjs/common';
import { badRequest, CLOCK, conflict, type Clock } from '../../domain/index.js';
import {
  AccountStore,
  Database,
  RefreshTokenStore,
  type AccountEntity,
  type OwnMembership,
  type Transaction,
} from '../../persistence/index.js';
import type { AccountCaller } from '../access/caller.js';
import { currentActor } from '../audit/actor.js';
import { Audit } from '../audit/audit.js';
import type { PasswordChange } from './accounts.schema.js';
import { Accounts } from './accounts.service.js';
import { PasswordHashing } from './password-hashing.js';
import { Passwords } from './passwords.js';

/** An account that a password opens. */
export type PasswordAccount = AccountEntity & { readonly email: string };

/** What people do with their own account. */
@Injectable()
export class OwnAccount {
  private readonly store = new AccountStore();
  private readonly tokens = new RefreshTokenStore();

  constructor(
    private readonly database: Database,
    private readonly accounts: Accounts,
    private readonly passwords: Passwords,
    private readonly hashing: PasswordHashing,
    private readonly audit: Audit,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** The account as it is now; the guard saw that it is there. */
  async account({ accountId }: AccountCaller): Promise<AccountEntity> {
    return (await this.store.find(this.database, accountId))!;
  }

  memberships({ accountId }: AccountCaller): Promise<OwnMembership[]> {
    return this.store.memberships(this.database, accountId);
  }

  /**
   * Ends all sign-ins but the caller's, and when that is wanted all named tokens. Throws a 400 for a wrong or weak password,
   * a 429 after too many wrong ones and for more than one at a time.
   */
  changePassword(caller: AccountCaller, change: PasswordChange): Promise<void> {
    // New passwords have a short line: nobody is to fill it with changes of the same one.
    const place = { key: `change:${caller.accountId}`, atOnce: 1 };
    return this.hashing.holding([place], () => this.change(caller, change));
  }

  private async change(
    caller: AccountCaller,
    { current, new: replacement, endTokens }: PasswordChange,
  ): Promise<void> {
    const account = await this.withPassword(caller, current, 'current');
    const passwordHash = await this.accounts.hash(replacement, account.email, 'new');
    await this.database.transaction(async (tx) => {
      await this.lockUnchanged(tx, account);
      const now = this.clock.now();
      await this.store.change(tx, account.id, { passwordHash }, now);
      const ended = endTokens ? 'revokeAll' : 'revokeSignIns';
      await this.tokens[ended](tx, account.id, now, caller.tokenId);
      await this.audit.record(tx, {
        service: 'identity',
        action: 'account.changed',
        resource: { accounts: account.id },
        message: `${account.email} changed the password`,
        changed: ['password'],
      });
    });
  }

  /** The caller's account, when this is its password: a token alone must not take over an account. Throttled by itself. */
  async withPassword(caller: AccountCaller, password: string, field: string): Promise<PasswordAccount> {
    const { accountId } = caller;
    const { email, passwordHash } = await this.account(caller);
    if (email === null || passwordHash === null) throw conflict('This account has no password.');
    const right = await this.passwords.check({ accountId, address: currentActor().address }, password);
    if (!right) throw badRequest({ [field]: 'is not the password of this account' });
    await right.attempt.uncount();
    return { ...right.account, email };
  }

  /** Throws a 409 when the account was changed since it was read. */
  async lockUnchanged(tx: Transaction, { id, updatedAt }: AccountEntity): Promise<void> {
    const present = await this.store.lock(tx, id);
    if (present?.updatedAt.getTime() !== updatedAt.getTime())
      throw conflict('The account was changed at this moment. Try again.');
  }
}
