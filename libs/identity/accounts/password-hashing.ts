import { Inject, Injectable, Optional } from '@nestjs/common';
import { Places, Problem } from '../../domain/index.js';
import { COST, type Cost } from './password-hash.js';
import type { Share } from './suspect.js';
import { tooManyAttempts } from './too-many-attempts.js';

/** Each hash takes a thread of four and 32 MiB: more at once would keep files and name look-ups waiting. */
const HASHES_AT_ONCE = 2;
/** At five hashes a second and thread the last of them waits about three seconds. */
const MAX_CHECKS_WAITING = 30;
/** Whoever makes an account waits in a line of their own, which many who sign in do not fill. */
const MAX_CHOICES_WAITING = 3;
/** By then whoever holds their places has been served. */
const RETRY_AFTER_SECONDS = 2;

/** What a hash is for: checking a password, or keeping a new one. */
type Purpose = 'check' | 'choice';

/** Injection token of another cost, for tests: nothing provides it in a hub. */
export const PASSWORD_COST = Symbol('password cost');

/** Where passwords are hashed: two at a time, with a line that does not grow, in which nobody holds all places. */
@Injectable()
export class PasswordHashing {
  private readonly places = new Places(HASHES_AT_ONCE);
  private readonly held = new Map<string, number>();
  private readonly free = {
    check: MAX_CHECKS_WAITING + HASHES_AT_ONCE,
    choice: MAX_CHOICES_WAITING + HASHES_AT_ONCE,
  };

  /** `cost` is what each hash made here costs. */
  constructor(@Optional() @Inject(PASSWORD_COST) readonly cost: Cost = COST) {}

  /** Runs `work`, which hashes, when it is its turn. Throws a 503 `Problem` when the line is full. */
  async inTurn<Result>(purpose: Purpose, work: () => Promise<Result>): Promise<Result> {
    if (this.free[purpose] === 0) {
      throw new Problem(
        503,
        'Service Unavailable',
        'Too many passwords are being checked or set at this moment. Try again in a few seconds.',
      );
    }
    this.free[purpose] -= 1;
    try {
      await this.places.take();
      try {
        return await work();
      } finally {
        this.places.giveBack();
      }
    } finally {
      this.free[purpose] += 1;
    }
  }

  /** Runs `work`, which comes into line, while it holds all these shares. Throws a 429 `Problem` when one is used up. */
  async holding<Result>(shares: readonly Share[], work: () => Promise<Result>): Promise<Result> {
    if (shares.some(({ key, atOnce }) => this.heldOf(key) >= atOnce))
      throw tooManyAttempts('Too many requests with a password come at once.', RETRY_AFTER_SECONDS);
    for (const { key } of shares) this.held.set(key, this.heldOf(key) + 1);
    try {
      return await work();
    } finally {
      for (const { key } of shares) {
        const left = this.heldOf(key) - 1;
        if (left === 0) this.held.delete(key);
        else this.held.set(key, left);
      }
    }
  }

  private heldOf(key: string): number {
    return this.held.get(key) ?? 0;
  }
}
