import { Inject, Injectable } from '@nestjs/common';
import { Secret, TOTP } from 'otpauth';
import { CLOCK, type Clock } from '../../domain/index.js';
import { AccountStore, type AccountEntity, type Queryable } from '../../persistence/index.js';
import { SecretBox } from '../secret-box.js';

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

const ownerOf = (accountId: string): string => `account:${accountId}`;

/** One-time codes of authenticator apps: RFC 6238 with SHA-1, six digits and 30 seconds. */
@Injectable()
export class SecondFactor {
  private readonly accounts = new AccountStore();

  constructor(
    private readonly box: SecretBox,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  enrol({ id, email, name }: AccountEntity): Enrolment {
    const totp = new TOTP({
      ...CODE,
      issuer: ISSUER,
      label: email ?? name,
      secret: new Secret({ size: SECRET_BYTES }),
    });
    const secret = totp.secret.base32;
    return { secret, uri: totp.toString(), sealed: this.box.seal(secret, ownerOf(id)) };
  }

  /** Whether a code is right now and newer than every one that was taken; it is taken then. */
  async take(db: Queryable, { id, totpSecret }: AccountEntity, code: string): Promise<boolean> {
    if (totpSecret === null) return false;
    const secret = Secret.fromBase32(this.box.open(totpSecret, ownerOf(id)));
    const timestamp = this.clock.now().getTime();
    // Apps show `123 456`. What is no code does not get to the comparison, which throws at texts of unequal size.
    const token = code.replaceAll(' ', '');
    if (!CODE_PATTERN.test(token)) return false;
    const delta = TOTP.validate({ ...CODE, secret, token, timestamp, window: STEPS_AROUND });
    if (delta === null) return false;
    return this.accounts.takeStep(db, id, Math.floor(timestamp / 1_000 / STEP_SECONDS) + delta);
  }
}
