import { createHash } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, type Clock } from '../../domain/index.js';
import { Database, LoginFailureStore, type Transaction } from '../../persistence/index.js';
import { ExtendedProblem } from '../../rest/index.js';
import { Audit } from '../audit/audit.js';
import { networkOf } from './network-key.js';
import { admit, FAILURES_OF, takeBack, WINDOW_MS } from './throttle-policy.js';

/** Who tries to sign in, as far as that can be known before. */
export interface Suspect {
  /** As it was typed; whether there is such an account makes no difference. */
  readonly email: string;
  /** Network address. */
  readonly address: string;
}

/** An attempt that counts as failed already. Call one of the three. */
export interface Attempt {
  /** It did fail; when that locked the account, the audit log says so. `accountId` is undefined for an unknown one. */
  failed(accountId: string | undefined): Promise<void>;
  /** It was right, and more is to be shown: it counts no more, the failures before it do. */
  passed(): Promise<void>;
  /** It was right, and that was all: the account's failures are forgotten. */
  succeeded(tx: Transaction): Promise<void>;
}

interface Counter {
  readonly key: string;
  readonly limit: number;
}

/** Counts failed passwords and codes per account and per address, for all hubs together, and locks what fails too often. */
@Injectable()
export class LoginThrottle {
  private readonly store = new LoginFailureStore();
  private cleanedAt = -Infinity;

  constructor(
    private readonly database: Database,
    private readonly audit: Audit,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Throws a 429 `Problem` with `Retry-After` while the account or the address is locked. Counts nothing. */
  async mustNotBeLocked(suspect: Suspect): Promise<void> {
    const now = this.clock.now();
    const keys = countersOf(suspect).map(({ key }) => key);
    const lockedUntil = await this.store.lockedUntil(this.database, keys, now);
    if (lockedUntil) throw tooManyAttempts(lockedUntil, now);
  }

  /** Counts an attempt before it is decided: of many at once no more than the limit get here. Throws a 429 as above. */
  async begin(suspect: Suspect): Promise<Attempt> {
    const [account, address] = countersOf(suspect);
    const at = this.clock.now();
    await this.cleanUp(at);
    const locksAccount = await this.database.transaction(async (tx) => {
      const first = await this.count(tx, account, at);
      await this.count(tx, address, at);
      return first;
    });
    return {
      failed: async (accountId) => {
        if (locksAccount && accountId !== undefined) await this.recordLock(accountId);
      },
      passed: () =>
        this.database.transaction(async (tx) => {
          await this.uncount(tx, account, at);
          await this.uncount(tx, address, at);
        }),
      succeeded: async (tx) => {
        await this.store.remove(tx, account.key);
        await this.uncount(tx, address, at);
      },
    };
  }

  /** Resolves with whether this attempt, unless it succeeds, locks. */
  private async count(tx: Transaction, { key, limit }: Counter, at: Date): Promise<boolean> {
    const admission = admit(await this.store.claim(tx, key), at, limit);
    if (!admission.isAdmitted) throw tooManyAttempts(admission.lockedUntil, at);
    await this.store.write(tx, key, admission.attempts);
    return admission.locks;
  }

  private async uncount(tx: Transaction, { key, limit }: Counter, at: Date): Promise<void> {
    const attempts = takeBack(await this.store.claim(tx, key), at, limit);
    if (attempts.failedAt.length === 0) await this.store.remove(tx, key);
    else await this.store.write(tx, key, attempts);
  }

  private recordLock(accountId: string): Promise<void> {
    return this.database.transaction((tx) =>
      this.audit.record(tx, {
        service: 'identity',
        action: 'account.locked',
        resource: { accounts: accountId },
        message: `Sign-in was locked after ${FAILURES_OF.account} failures`,
      }),
    );
  }

  private async cleanUp(now: Date): Promise<void> {
    if (now.getTime() - this.cleanedAt < WINDOW_MS) return;
    this.cleanedAt = now.getTime();
    await this.store.removeOld(this.database, new Date(now.getTime() - WINDOW_MS), now);
  }
}

/** Always in this order: two attempts that claim the same rows wait for each other, and never both. */
function countersOf({ email, address }: Suspect): [Counter, Counter] {
  const hash = createHash('sha256').update(email.toLowerCase()).digest('hex');
  return [
    { key: `account:${hash}`, limit: FAILURES_OF.account },
    { key: `address:${networkOf(address)}`, limit: FAILURES_OF.address },
  ];
}

function tooManyAttempts(lockedUntil: Date, now: Date): ExtendedProblem {
  const seconds = Math.max(1, Math.ceil((lockedUntil.getTime() - now.getTime()) / 1_000));
  const detail = `Too many sign-ins failed. Try again in ${Math.ceil(seconds / 60)} minutes.`;
  return new ExtendedProblem(
    429,
    'Too Many Requests',
    detail,
    { error: 'too_many_attempts', error_description: detail },
    { 'retry-after': String(seconds) },
  );
}
