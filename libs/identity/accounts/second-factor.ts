import { Inject, Injectable } from '@nestjs/common';
import { Secret, TOTP } from 'otpauth';
import { CLOCK, conflict, type Clock } from '../../domain/index.js';
import { LOGGER, type Logger } from '../../observability/index.js';
import { AccountStore, type AccountEntity, type Queryable } from '../../persistence/index.js';
import { SecretBox, SecretUnreadable } from '../secret-box.js';
import { nameOf } from './account-rules.js';

const ISSUER = 'Spillway';
const STEP_SECONDS = 30;
/** What every authenticator app takes; many take nothing else. RFC 6238. */
const CODE = { algorithm: 'SHA1', digits: 6, period: STEP_SECONDS } as const;
const CODE_PATTERN = /^\d{6}$/;
/** RFC 4226 asks for 20 bytes. */
const SECRET_BYTES = 20;
/** Clocks may differ, and typing takes time: a step before and a step after are as good. */
const STEPS_AROUND = 1;

/** A secret for an authenticator app, shown once. */
export interface Enrolment {
  /** In base32, to be typed. */
  readonly secret: string;
  /** `otpauth://totp/…`, to be shown as a QR code. */
  readonly uri: string;
  /** What is kept. */
  readonly sealed: string;
}

/** A second factor of which codes can be checked. */
export interface OpenedFactor {
  readonly accountId: string;
  readonly secret: Secret;
}

const ownerOf = (accountId: string): string => `account:${accountId}`;

/** One-time codes of authenticator apps: RFC 6238 with SHA-1, six digits and 30 seconds. */
@Injectable()
export class SecondFactor {
  private readonly accounts = new AccountStore();
  /** Accounts whose secret could not be opened when it was last tried. */
  private readonly unreadable = new Set<string>();

  constructor(
    private readonly box: SecretBox,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  enrol(account: AccountEntity): Enrolment {
    const totp = new TOTP({
      ...CODE,
      issuer: ISSUER,
      label: nameOf(account),
      secret: new Secret({ size: SECRET_BYTES }),
    });
    const secret = totp.secret.base32;
    return { secret, uri: totp.toString(), sealed: this.box.seal(secret, ownerOf(account.id)) };
  }

  /**
   * What `take` needs, to be had before an attempt is counted: that the key of the secret was lost is nobody's guess. Throws
   * a 409 `Problem` then, and logs it once for each account.
   */
  open({ id, totpSecret, totpConfirmedAt }: AccountEntity): OpenedFactor {
    if (totpSecret === null) throw conflict('This account has no second factor.');
    try {
      const secret = Secret.fromBase32(this.box.open(totpSecret, ownerOf(id)));
      this.unreadable.delete(id);
      return { accountId: id, secret };
    } catch (error) {
      if (!(error instanceof SecretUnreadable)) throw error;
      this.report(id, error);
      const remedy =
        totpConfirmedAt === null
          ? 'set it up again'
          : 'an operator must reset the second factor of this account';
      throw conflict(`The second factor cannot be checked, its secret is unreadable: ${remedy}.`);
    }
  }

  /** Whether a code is right now and newer than every one that was taken; it is taken then. */
  async take(db: Queryable, { accountId, secret }: OpenedFactor, code: string): Promise<boolean> {
    const timestamp = this.clock.now().getTime();
    // Apps show `123 456`. What is no code does not get to the comparison, which throws at texts of unequal size.
    const token = code.replaceAll(' ', '');
    if (!CODE_PATTERN.test(token)) return false;
    const delta = TOTP.validate({ ...CODE, secret, token, timestamp, window: STEPS_AROUND });
    if (delta === null) return false;
    return this.accounts.takeStep(db, accountId, Math.floor(timestamp / 1_000 / STEP_SECONDS) + delta);
  }

  private report(accountId: string, { message: reason }: SecretUnreadable): void {
    if (this.unreadable.has(accountId)) return;
    this.unreadable.add(accountId);
    this.logger.error(
      { event: 'second_factor.unreadable', accountId, reason },
      'a second factor cannot be checked',
    );
  }
}
