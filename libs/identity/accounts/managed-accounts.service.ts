import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, conflict, notFound, type Clock } from '../../domain/index.js';
import {
  AccountStore,
  Database,
  RefreshTokenStore,
  type AccountChange,
  type AccountEntity,
  type Listing,
  type Transaction,
} from '../../persistence/index.js';
import { Audit } from '../audit/audit.js';
import { OPERATOR_ACCOUNT_ID } from '../tokens/refresh-tokens.js';
import { differences, keepsAnOperator } from './account-rules.js';
import { Accounts, type NewAccount } from './accounts.service.js';
import type { AccountPatch } from './accounts.schema.js';

/** Accounts in the hands of operators. */
@Injectable()
export class ManagedAccounts {
  private readonly store = new AccountStore();
  private readonly tokens = new RefreshTokenStore();

  constructor(
    private readonly database: Database,
    private readonly accounts: Accounts,
    private readonly audit: Audit,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  list(listing: Listing): Promise<AccountEntity[]> {
    return this.store.list(this.database, listing);
  }

  async account(id: string): Promise<AccountEntity> {
    const found = await this.store.find(this.database, id);
    if (!found) throw notFound('account');
    return found;
  }

  create(account: NewAccount): Promise<string> {
    return this.database.transaction((tx) => this.accounts.create(tx, account));
  }

  /**
   * Deactivating ends all tokens of the account, a new password those of its sign-ins. Throws a 409 for what would leave
   * no operator who can sign in, and for a password of the built-in operator.
   */
  async change(id: string, { password, ...rest }: AccountPatch): Promise<AccountEntity> {
    const passwordHash = password === undefined ? undefined : await this.newHash(id, password);
    return this.database.transaction(async (tx) => {
      // Before the account: of two who deactivate each other the second sees what the first did.
      const operators = await this.store.lockOperators(tx);
      const account = await this.store.lock(tx, id);
      if (!account) throw notFound('account');
      const change = differences(account, rest);
      if (id === OPERATOR_ACCOUNT_ID && change.isOperator === false)
        throw conflict('The built-in operator stays an operator; deactivate it instead.');
      if (!keepsAnOperator(operators, id, change))
        throw conflict('Nobody would be left who can sign in and run this hub. Make another operator first.');
      await this.apply(tx, account, passwordHash === undefined ? change : { ...change, passwordHash });
      return (await this.store.find(tx, id))!;
    });
  }

  /** Forgets the second factor of whoever lost it; their tokens count as got without one from now on. */
  async resetMfa(id: string): Promise<void> {
    await this.database.transaction(async (tx) => {
      const account = await this.store.lock(tx, id);
      if (!account) throw notFound('account');
      if (account.totpSecret === null) return;
      const none = { totpSecret: null, totpConfirmedAt: null, totpUsedStep: null };
      await this.store.change(tx, id, none, this.clock.now());
      await this.tokens.lowerAll(tx, id);
      await this.audit.record(tx, {
        service: 'identity',
        action: 'mfa.reset',
        resource: { accounts: id },
        message: `The second factor of ${nameOf(account)} was reset`,
      });
    });
  }

  private async newHash(id: string, password: string): Promise<string> {
    const { email } = await this.account(id);
    if (email === null) throw conflict('The built-in operator has no password; make an account instead.');
    return this.accounts.hash(password, email);
  }

  private async apply(tx: Transaction, account: AccountEntity, change: AccountChange): Promise<void> {
    const { id } = account;
    const changed = Object.keys(change).map((name) => (name === 'passwordHash' ? 'password' : name));
    if (changed.length === 0) return;
    const now = this.clock.now();
    await this.store.change(tx, id, change, now);
    if (change.active === false) await this.tokens.revokeAll(tx, id, now);
    if (change.passwordHash !== undefined) await this.tokens.revokeSignIns(tx, id, now);
    await this.audit.record(tx, {
      service: 'identity',
      action: 'account.changed',
      resource: { accounts: id },
      message: `Account ${nameOf(account)} was changed: ${changed.join(', ')}`,
      changed,
    });
  }
}

const nameOf = ({ email, name }: AccountEntity): string => email ?? name;
