import { Inject, Injectable } from '@nestjs/common';
import { SETTINGS_TOKEN, type Settings } from '../../config/index.js';
import { CLOCK, conflict, notFound, type Clock } from '../../domain/index.js';
import {
  AccountStore,
  Database,
  InviteStore,
  NO_SECOND_FACTOR,
  RefreshTokenStore,
  type AccountEntity,
  type Listing,
  type Transaction,
} from '../../persistence/index.js';
import { Audit } from '../audit/audit.js';
import { OPERATOR_ACCOUNT_ID } from '../tokens/refresh-tokens.js';
import { differences, keepsAnOperator, nameOf, type Changeable } from './account-rules.js';
import { Accounts } from './accounts.service.js';
import { LoginThrottle } from './login-throttle.js';
import type { AccountPatch, NewAccountBody } from './accounts.schema.js';

/** Accounts in the hands of operators. */
@Injectable()
export class ManagedAccounts {
  private readonly store = new AccountStore();
  private readonly tokens = new RefreshTokenStore();
  private readonly invites = new InviteStore();

  constructor(
    private readonly database: Database,
    private readonly accounts: Accounts,
    private readonly throttle: LoginThrottle,
    private readonly audit: Audit,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(SETTINGS_TOKEN) private readonly settings: Settings,
  ) {}

  list(listing: Listing): Promise<AccountEntity[]> {
    return this.store.list(this.database, listing);
  }

  async account(id: string): Promise<AccountEntity> {
    const found = await this.store.find(this.database, id);
    if (!found) throw notFound('account');
    return found;
  }

  async create({ password, ...account }: NewAccountBody): Promise<string> {
    const passwordHash = password === undefined ? null : await this.accounts.hash(password, account.email);
    return this.database.transaction((tx) => this.accounts.create(tx, { ...account, passwordHash }));
  }

  /**
   * Deactivating ends all tokens of the account and the invites it made. So does a new password with all tokens and the
   * second factor: nothing may be left to whoever had the account before; whoever has it now is not locked out. Throws a 409 for what would leave no operator who
   * can sign in, and for a password of the built-in operator.
   */
  async change(id: string, { password, ...rest }: AccountPatch): Promise<AccountEntity> {
    const passwordHash = password === undefined ? undefined : await this.newHash(id, password);
    return this.database.transaction(async (tx) => {
      const { account, operators } = await this.lock(tx, id);
      const change = differences(account, rest);
      if (id === OPERATOR_ACCOUNT_ID && change.isOperator === false)
        throw conflict('The built-in operator stays an operator; deactivate it instead.');
      this.mustKeepAnOperator(operators, id, change);
      await this.apply(tx, account, change, passwordHash);
      return (await this.store.find(tx, id))!;
    });
  }

  /** Forgets the second factor of whoever lost it; their tokens count as got without one from now on. */
  async resetMfa(id: string): Promise<void> {
    await this.database.transaction(async (tx) => {
      const account = await this.store.lock(tx, id);
      if (!account) throw notFound('account');
      // Its tokens are exempt: it has no password, and so no second factor.
      if (id === OPERATOR_ACCOUNT_ID) return;
      // Also without one here: an external issuer may have vouched for it.
      const lowered = await this.tokens.lowerAll(tx, id);
      if (account.totpSecret === null && lowered === 0) return;
      await this.store.change(tx, id, NO_SECOND_FACTOR, this.clock.now());
      await this.record(tx, account, 'mfa.reset', `The second factor of ${nameOf(account)} was reset`);
    });
  }

  /**
   * Forgets who an account is at the external issuer: whoever next comes from there with its verified address is linked to
   * it. Ends all its tokens. Throws a 409 for what would leave no operator who can sign in.
   */
  async unlink(id: string): Promise<void> {
    await this.database.transaction(async (tx) => {
      const { account, operators } = await this.lock(tx, id);
      const { externalIssuer, externalSubject } = account;
      if (externalIssuer === null) return;
      const none = { externalIssuer: null, externalSubject: null };
      this.mustKeepAnOperator(operators, id, none);
      const now = this.clock.now();
      await this.store.change(tx, id, none, now);
      await this.tokens.revokeAll(tx, id, now);
      const message = `Account ${nameOf(account)} was unlinked from subject ${externalSubject} of ${externalIssuer}`;
      await this.record(tx, account, 'account.unlinked', message, Object.keys(none));
    });
  }

  private async newHash(id: string, password: string): Promise<string> {
    const { email } = await this.account(id);
    if (email === null) throw conflict('The built-in operator has no password; make an account instead.');
    return this.accounts.hash(password, email);
  }

  private async lock(tx: Transaction, id: string) {
    // Before the account: of two who deactivate each other the second sees what the first did.
    const operators = await this.store.lockOperators(tx);
    const account = await this.store.lock(tx, id);
    if (!account) throw notFound('account');
    return { account, operators };
  }

  private mustKeepAnOperator(
    operators: readonly AccountEntity[],
    id: string,
    change: Partial<AccountEntity>,
  ): void {
    if (!keepsAnOperator(operators, id, change, this.settings.SPILLWAY_OIDC_ISSUER))
      throw conflict('Nobody would be left who can sign in and run this hub. Make another operator first.');
  }

  private async apply(
    tx: Transaction,
    account: AccountEntity,
    change: Partial<Changeable>,
    passwordHash: string | undefined,
  ): Promise<void> {
    const { id } = account;
    const isHandedOver = passwordHash !== undefined;
    const changed: string[] = Object.keys(change);
    if (isHandedOver) changed.push('password');
    if (isHandedOver && account.totpSecret !== null) changed.push('secondFactor');
    if (changed.length === 0) return;
    const now = this.clock.now();
    const handedOver = isHandedOver ? { passwordHash, ...NO_SECOND_FACTOR } : {};
    await this.store.change(tx, id, { ...change, ...handedOver }, now);
    if (change.active === false || isHandedOver) await this.tokens.revokeAll(tx, id, now);
    if (isHandedOver && account.email !== null) await this.throttle.forget(tx, account.email);
    if (change.active === false || change.isOperator === false) await this.invites.revokeMadeBy(tx, id, now);
    const message = `Account ${nameOf(account)} was changed: ${changed.join(', ')}`;
    await this.record(tx, account, 'account.changed', message, changed);
  }

  private record(
    tx: Transaction,
    { id }: AccountEntity,
    action: 'account.changed' | 'account.unlinked' | 'mfa.reset',
    message: string,
    changed: readonly string[] = [],
  ): Promise<void> {
    return this.audit.record(tx, {
      service: 'identity',
      action,
      resource: { accounts: id },
      message,
      changed,
    });
  }
}
