import { MoreThan } from 'typeorm';
import type { Queryable, Transaction } from '../database.js';
import { AccountEntity } from '../entities/index.js';
import type { Listing } from './listing.js';

/** What may be changed of an account. */
export type AccountChange = Partial<
  Pick<
    AccountEntity,
    | 'name'
    | 'active'
    | 'isOperator'
    | 'passwordHash'
    | 'totpSecret'
    | 'totpConfirmedAt'
    | 'totpUsedStep'
    | 'externalIssuer'
    | 'externalSubject'
  >
>;

/** The change that takes a second factor away. */
export const NO_SECOND_FACTOR = {
  totpSecret: null,
  totpConfirmedAt: null,
  totpUsedStep: null,
} as const satisfies AccountChange;

/** Who an account is at an external issuer. */
export interface ExternalIdentity {
  readonly issuer: string;
  readonly subject: string;
}

/** An account's place in an organization, with the organization's name. */
export interface OwnMembership {
  readonly organizationId: string;
  readonly organization: string;
  readonly role: string;
}

/** Everybody who can sign in. Addresses come and go in lower case. */
export class AccountStore {
  /** Resolves with whether it was added: not when the address is taken. */
  async insert(tx: Transaction, account: AccountEntity): Promise<boolean> {
    const { raw } = await tx
      .repository(AccountEntity)
      .createQueryBuilder()
      .insert()
      .values(account)
      .orIgnore()
      .returning('id')
      .execute();
    return (raw as unknown[]).length > 0;
  }

  async find(db: Queryable, id: string): Promise<AccountEntity | undefined> {
    return (await db.repository(AccountEntity).findOneBy({ id })) ?? undefined;
  }

  async findByEmail(db: Queryable, email: string): Promise<AccountEntity | undefined> {
    return (await db.repository(AccountEntity).findOneBy({ email })) ?? undefined;
  }

  /** The id of whose account it is. */
  async idOf(db: Queryable, { issuer, subject }: ExternalIdentity): Promise<string | undefined> {
    const rows = await db.query<{ id: string }>(
      'SELECT id FROM accounts WHERE external_issuer = $1 AND external_subject = $2',
      [issuer, subject],
    );
    return rows[0]?.id;
  }

  list(db: Queryable, { limit, after }: Listing): Promise<AccountEntity[]> {
    return db.repository(AccountEntity).find({
      ...(after === undefined ? {} : { where: { id: MoreThan(after) } }),
      order: { id: 'ASC' },
      ...(limit === undefined ? {} : { take: limit + 1 }),
    });
  }

  /** The account, which nobody else changes until the transaction ends. */
  async lock(tx: Transaction, id: string): Promise<AccountEntity | undefined> {
    const lock = { mode: 'pessimistic_write' } as const;
    return (await tx.repository(AccountEntity).findOne({ where: { id }, lock })) ?? undefined;
  }

  /** All operators, active or not; none of them is changed by others until the transaction ends. */
  lockOperators(tx: Transaction): Promise<AccountEntity[]> {
    return tx.repository(AccountEntity).find({
      where: { isOperator: true },
      order: { id: 'ASC' },
      lock: { mode: 'pessimistic_write' },
    });
  }

  async change(db: Queryable, id: string, change: AccountChange, now: Date): Promise<void> {
    await db.repository(AccountEntity).update({ id }, { ...change, updatedAt: now });
  }

  /** Puts another hash of the same password in place of `hash`, unless the password was changed meanwhile. */
  async replaceHash(db: Queryable, id: string, hash: string, replacement: string): Promise<void> {
    await db.repository(AccountEntity).update({ id, passwordHash: hash }, { passwordHash: replacement });
  }

  /** Notes that a code of this time step was taken; false when that step or a later one was before. */
  async takeStep(db: Queryable, id: string, step: number): Promise<boolean> {
    const rows = await db.query(
      `UPDATE accounts SET totp_used_step = $2
       WHERE id = $1 AND (totp_used_step IS NULL OR totp_used_step < $2) RETURNING id`,
      [id, step],
    );
    return rows.length > 0;
  }

  /** Where an account is an active member, by name of the organization. */
  memberships(db: Queryable, id: string): Promise<OwnMembership[]> {
    return db.query(
      `SELECT organization.id AS "organizationId", organization.name AS organization, membership.role
       FROM memberships membership
       JOIN organizations organization ON organization.id = membership.organization_id AND organization.deleted_at IS NULL
       WHERE membership.account_id = $1 AND membership.active ORDER BY organization.name, organization.id`,
      [id],
    );
  }
}
