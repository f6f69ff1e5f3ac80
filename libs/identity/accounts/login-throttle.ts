import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, type Clock } from '../../domain/index.js';
import { Database, LoginFailureStore, type Transaction } from '../../persistence/index.js';
import { Audit } from '../audit/audit.js';
import { LOGGER, Metrics, type Logger } from '../../observability/index.js';
import { countersOf, keysOfAccount, type Counter, type Suspect } from './suspect.js';
import { admit, FAILURES_OF, LOCK_MS, takeBack, WINDOW_MS, type Counted } from './throttle-policy.js';
import { tooManyAttempts } from './too-many-attempts.js';

/** An attempt that counts as failed already. Call one of the three. */
export interface Attempt {
  /** It did fail; when that locked the account, the audit log says so. `accountId` is undefined for an unknown one. */
  failed(accountId: string | undefined): Promise<void>;
  /** It was right, and more is to be shown or nobody signs in: it counts no more, the failures before it do. */
  uncount(): Promise<void>;
  /** Somebody signed in: what failed before of this account from this network is forgotten, too. */
  forgive(tx: Transaction): Promise<void>;
}

/** Of these a sign-in forgets the failures before; of the others it is not the owner's, or not alone, to forgive. */
const FORGIVEN: ReadonlySet<Counted> = new Set(['code', 'pair']);

/** What is told of a lock of an account, the first that fits. */
const DEEDS: readonly (readonly [Counted, string])[] = [
  ['account', `Sign-in was locked from everywhere after ${FAILURES_OF.account} failures`],
  ['code', `Sign-in with a one-time code was locked from everywhere after ${FAILURES_OF.code} wrong codes`],
  ['pair', `Sign-in was locked from one network after ${FAILURES_OF.pair} failures`],
  ['session', `Showing the password or a code again was locked after ${FAILURES_OF.session} failures`],
];

/** Counts failed passwords and codes, for all hubs together, and locks what fails too often: see `FAILURES_OF`. */
@Injectable()
export class LoginThrottle {
  private readonly store = new LoginFailureStore();
  private cleanedAt = -Infinity;

  constructor(
    private readonly database: Database,
    private readonly audit: Audit,
    private readonly metrics: Metrics,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** Throws a 429 `Problem` with `Retry-After` while the suspect is locked. Counts nothing. */
  async mustNotBeLocked(suspect: Suspect): Promise<void> {
    const now = this.clock.now();
    const keys = countersOf(suspect).map(({ key }) => key);
    const lockedUntil = await this.store.lockedUntil(this.database, keys, now);
    if (lockedUntil) throw locked(lockedUntil, now);
  }

  /** Counts an attempt before it is decided: of many at once no more than the limit get here. Throws a 429 as above. */
  async begin(suspect: Suspect): Promise<Attempt> {
    const counters = countersOf(suspect);
    const at = this.clock.now();
    await this.cleanUp(at);
    const locking = await this.database.transaction((tx) => this.count(tx, counters, at));
    return {
      failed: async (accountId) => {
        this.metrics.signInFailures.inc();
        this.warn(locking, suspect);
        if (accountId !== undefined && locking.length > 0) await this.recordLock(accountId, locking, at);
      },
      uncount: () =>
        this.database.transaction(async (tx) => {
          for (const counter of counters) await this.uncount(tx, counter, at);
        }),
      forgive: async (tx) => {
        for (const counter of counters)
          await (FORGIVEN.has(counter.counted)
            ? this.store.remove(tx, counter.key)
            : this.uncount(tx, counter, at));
      },
    };
  }

  /** Forgets every failure of an account: it is in other hands. */
  async forget(tx: Transaction, email: string): Promise<void> {
    const { keys, prefix } = keysOfAccount(email);
    await this.store.removeAll(tx, keys, prefix);
  }

  /** Also of accounts that are none: whoever tries many names is seen here, and nowhere else. */
  private warn(locking: readonly Counter[], { address }: Suspect): void {
    for (const { counted } of locking) {
      this.metrics.signInLocks.inc({ counted });
      this.logger.warn({ event: 'sign_in.locked', counted, address }, 'too many sign-ins failed');
    }
  }

  /** Counts everywhere or, when one of them is locked, nowhere. Resolves with those that this attempt locks. */
  private async count(tx: Transaction, counters: readonly Counter[], at: Date): Promise<Counter[]> {
    const locking: Counter[] = [];
    for (const counter of counters) {
      const admission = admit(await this.store.claim(tx, counter.key), at, counter.limit);
      if (!admission.isAdmitted) throw locked(admission.lockedUntil, at);
      await this.store.write(tx, counter.key, admission.attempts);
      if (admission.locks) locking.push(counter);
    }
    return locking;
  }

  private async uncount(tx: Transaction, { key, limit }: Counter, at: Date): Promise<void> {
    const attempts = takeBack(await this.store.claim(tx, key), at, limit);
    if (attempts.failedAt.length === 0) await this.store.remove(tx, key);
    else await this.store.write(tx, key, attempts);
  }

  /** One deed for what one attempt locked, unless somebody else's success has lifted it meanwhile. */
  private recordLock(accountId: string, locking: readonly Counter[], at: Date): Promise<void> {
    return this.database.transaction(async (tx) => {
      const standing: Counted[] = [];
      for (const { key, counted } of locking) {
        const { lockedUntil } = await this.store.claim(tx, key);
        if (lockedUntil?.getTime() === at.getTime() + LOCK_MS) standing.push(counted);
      }
      const [, message] = DEEDS.find(([counted]) => standing.includes(counted)) ?? [];
      if (message === undefined) return;
      const resource = { accounts: accountId };
      await this.audit.record(tx, { service: 'identity', action: 'account.locked', resource, message });
    });
  }

  private async cleanUp(now: Date): Promise<void> {
    if (now.getTime() - this.cleanedAt < WINDOW_MS) return;
    this.cleanedAt = now.getTime();
    await this.store.removeOld(this.database, new Date(now.getTime() - WINDOW_MS), now);
  }
}

const locked = (until: Date, now: Date) =>
  tooManyAttempts(
    'Too many attempts failed.',
    Math.max(1, Math.ceil((until.getTime() - now.getTime()) / 1_000)),
  );
