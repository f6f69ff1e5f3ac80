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
import { Audit } from '../audit/audit.js';
import { Accounts } from './accounts.service.js';
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

  /** Ends all sign-ins but the caller's. Throws a 400 for a wrong or weak password, a 429 after too many wrong ones. */
  async changePassword(
    caller: AccountCaller,
    current: string,
    replacement: string,
    address: string,
  ): Promise<void> {
    const account = await this.withPassword(caller, current, address, 'current');
    const passwordHash = await this.accounts.hash(replacement, account.email, 'new');
    await this.database.transaction(async (tx) => {
      await this.lockUnchanged(tx, account);
      const now = this.clock.now();
      await this.store.change(tx, account.id, { passwordHash }, now);
      await this.tokens.revokeSignIns(tx, account.id, now, caller.tokenId);
      await this.audit.record(tx, {
        service: 'identity',
        action: 'account.changed',
        resource: { accounts: account.id },
        message: `${account.email} changed the password`,
        changed: ['password'],
      });
    });
  }

  /** The caller's account, when this is its password: a token alone must not take over an account. Throttled as a sign-in. */
  async withPassword(
    caller: AccountCaller,
    password: string,
    address: string,
    field: string,
  ): Promise<PasswordAccount> {
    const { email, passwordHash } = await this.account(caller);
    if (email === null || passwordHash === null) throw conflict('This account has no password.');
    const right = await this.passwords.check({ email, address }, password);
    if (!right) throw badRequest({ [field]: 'is not the password of this account' });
    await right.attempt.passed();
    return { ...right.account, email };
  }

  /** Throws a 409 when the account was changed since it was read. */
  async lockUnchanged(tx: Transaction, { id, updatedAt }: AccountEntity): Promise<void> {
    const present = await this.store.lock(tx, id);
    if (present?.updatedAt.getTime() !== updatedAt.getTime())
      throw conflict('The account was changed at this moment. Try again.');
  }
}
