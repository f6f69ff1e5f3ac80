import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, conflict, newId, type Clock } from '../../domain/index.js';
import {
  AccountStore,
  type AccountEntity,
  type Queryable,
  type Transaction,
} from '../../persistence/index.js';
import { Audit } from '../audit/audit.js';
import { hashPassword } from './password-hash.js';
import { PasswordHashing } from './password-hashing.js';
import { mustBeStrong } from './password-rules.js';

/** An account that is to be made. */
export interface NewAccount {
  /** In lower case. */
  readonly email: string;
  readonly name: string;
  /** As `hash` resolves with; null when no password shall open it. */
  readonly passwordHash: string | null;
  readonly isOperator?: boolean;
}

/** Makes and finds accounts. */
@Injectable()
export class Accounts {
  private readonly store = new AccountStore();

  constructor(
    private readonly hashing: PasswordHashing,
    private readonly audit: Audit,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Resolves with the id of the new account. Throws a 409 when the address is taken. */
  async create(
    tx: Transaction,
    { email, name, passwordHash, isOperator = false }: NewAccount,
  ): Promise<string> {
    const createdAt = this.clock.now();
    const id = newId(createdAt);
    const isNew = await this.store.insert(tx, {
      id,
      email,
      name,
      passwordHash,
      isOperator,
      active: true,
      totpSecret: null,
      totpConfirmedAt: null,
      totpUsedStep: null,
      externalIssuer: null,
      externalSubject: null,
      createdAt,
      updatedAt: createdAt,
    });
    if (!isNew) throw conflict('There is an account with this email address already.');
    await this.audit.record(tx, {
      service: 'identity',
      action: 'account.created',
      resource: { accounts: id },
      message: `Account ${email} was created${isOperator ? ' as an operator' : ''}`,
    });
    return id;
  }

  findByEmail(db: Queryable, email: string): Promise<AccountEntity | undefined> {
    return this.store.findByEmail(db, email);
  }

  /**
   * The hash of a password that somebody chose. Throws a 400 that names `field` when it is too weak, and a 503 when too
   * many passwords are being hashed. Not to be called within a transaction: it takes a while.
   */
  hash(password: string, email: string, field?: string): Promise<string> {
    mustBeStrong(password, email, field);
    return this.hashing.inTurn('choice', () => hashPassword(password, this.hashing.cost));
  }
}
