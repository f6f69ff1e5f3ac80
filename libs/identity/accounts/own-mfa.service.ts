import { Inject, Injectable } from '@nestjs/common';
import { badRequest, CLOCK, conflict, type Clock } from '../../domain/index.js';
import {
  AccountStore,
  Database,
  NO_SECOND_FACTOR,
  RefreshTokenStore,
  type AccountEntity,
  type Transaction,
} from '../../persistence/index.js';
import type { AccountCaller } from '../access/caller.js';
import { currentActor } from '../audit/actor.js';
import { Audit } from '../audit/audit.js';
import { LoginThrottle } from './login-throttle.js';
import { OwnAccount } from './own-account.service.js';
import { SecondFactor, type Enrolment } from './second-factor.js';

type Deed = 'mfa.offered' | 'mfa.enabled' | 'mfa.disabled';

/** People's own second factor: set up, confirmed with a first code, removed with another. */
@Injectable()
export class OwnMfa {
  private readonly store = new AccountStore();
  private readonly tokens = new RefreshTokenStore();

  constructor(
    private readonly database: Database,
    private readonly own: OwnAccount,
    private readonly secondFactor: SecondFactor,
    private readonly throttle: LoginThrottle,
    private readonly audit: Audit,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** A new secret, which asks for nothing before it is confirmed. Throws a 409 when there is a second factor already. */
  async enrol(caller: AccountCaller, password: string): Promise<Pick<Enrolment, 'secret' | 'uri'>> {
    const account = await this.own.withPassword(caller, password, 'password');
    if (account.totpConfirmedAt !== null)
      throw conflict('This account has a second factor already. Remove it first.');
    const { secret, uri, sealed } = this.secondFactor.enrol(account);
    await this.database.transaction(async (tx) => {
      await this.own.lockUnchanged(tx, account);
      const change = { ...NO_SECOND_FACTOR, totpSecret: sealed };
      await this.store.change(tx, account.id, change, this.clock.now());
      await this.record(tx, account, 'mfa.offered', 'A second factor was offered');
    });
    return { secret, uri };
  }

  /** From now on signing in takes a code. The caller's own token counts as got with one. */
  async confirm(caller: AccountCaller, code: string): Promise<void> {
    const account = await this.own.account(caller);
    if (account.totpSecret === null || account.totpConfirmedAt !== null)
      throw conflict('There is no second factor to confirm. Set one up first.');
    await this.takeCode(account, code);
    await this.database.transaction(async (tx) => {
      await this.own.lockUnchanged(tx, account);
      const now = this.clock.now();
      await this.store.change(tx, account.id, { totpConfirmedAt: now }, now);
      if (caller.tokenId !== null) await this.tokens.raise(tx, caller.tokenId);
      await this.record(tx, account, 'mfa.enabled', 'The second factor was enabled');
    });
  }

  /** From now on a password is enough; no token of the account counts as got with a second factor any more. */
  async remove(caller: AccountCaller, code: string): Promise<void> {
    const account = await this.own.account(caller);
    if (account.totpConfirmedAt === null) throw conflict('This account has no second factor.');
    await this.takeCode(account, code);
    await this.database.transaction(async (tx) => {
      await this.own.lockUnchanged(tx, account);
      await this.store.change(tx, account.id, NO_SECOND_FACTOR, this.clock.now());
      await this.tokens.lowerAll(tx, account.id);
      await this.record(tx, account, 'mfa.disabled', 'The second factor was removed');
    });
  }

  private async takeCode(account: AccountEntity, code: string): Promise<void> {
    const opened = this.secondFactor.open(account);
    const attempt = await this.throttle.begin({ accountId: account.id, address: currentActor().address });
    if (await this.secondFactor.take(this.database, opened, code)) return attempt.uncount();
    await attempt.failed(account.id);
    throw badRequest({ otp: 'is wrong, too old, or was used already' });
  }

  private record(tx: Transaction, { id }: AccountEntity, action: Deed, message: string): Promise<void> {
    return this.audit.record(tx, { service: 'identity', action, resource: { accounts: id }, message });
  }
}
