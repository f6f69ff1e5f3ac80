import { Injectable } from '@nestjs/common';
import { Places, Problem } from '../../domain/index.js';

/** Each hash takes a thread of four and 32 MiB: more at once would keep files and name look-ups waiting. */
const HASHES_AT_ONCE = 2;
/** At five hashes a second and thread the last of them waits about three seconds. */
const MAX_CHECKS_WAITING = 30;
/** Whoever makes an account waits within a transaction: so many must leave connections of the pool to the others. */
const MAX_CHOICES_WAITING = 3;

/** What a hash is for: checking a password, or keeping a new one. */
type Purpose = 'check' | 'choice';

/** Where passwords are hashed: two at a time, with a line that does not grow. */
@Injectable()
export class PasswordHashing {
  private readonly places = new Places(HASHES_AT_ONCE);
  private readonly free = {
    check: MAX_CHECKS_WAITING + HASHES_AT_ONCE,
    choice: MAX_CHOICES_WAITING + HASHES_AT_ONCE,
  };

  /** Runs `work`, which hashes, when it is its turn. Throws a 503 `Problem` when the line is full. */
  async inTurn<Result>(purpose: Purpose, work: () => Promise<Result>): Promise<Result> {
    if (this.free[purpose] === 0) {
      throw new Problem(
        503,
        'Service Unavailable',
        'Too many people sign in at this moment. Try again in a few seconds.',
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
}
