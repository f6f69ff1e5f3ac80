/** Within this time failures count together. */
export const WINDOW_MS = 15 * 60_000;
/** How long a lock lasts. */
export const LOCK_MS = 15 * 60_000;

/** So many failures lock what they are counted of. */
export const FAILURES_OF = {
  /** An account, wherever they come from. Nine networks together cannot lock its owner out: `pair` stops them before. */
  account: 100,
  /** One-time codes of an account. There are but a million of them, and whoever gets to guess knows the password. */
  code: 10,
  /** An account from one network. */
  pair: 10,
  /** A network, behind which a whole office may be. */
  network: 50,
  /** What is shown again by whoever is signed in. By itself: no stranger keeps an owner from a new password. */
  session: 10,
} as const;

export type Counted = keyof typeof FAILURES_OF;

/** What is remembered of attempts under one key. */
export interface Attempts {
  /** Attempts that failed or are not decided yet, oldest first. */
  readonly failedAt: readonly Date[];
  readonly lockedUntil: Date | null;
}

/** What an attempt meets. */
export type Admission =
  | { readonly isAdmitted: false; readonly lockedUntil: Date }
  | {
      readonly isAdmitted: true;
      readonly attempts: Attempts;
      /** Whether this one, unless it succeeds, is one too many. */
      readonly locks: boolean;
    };

/**
 * Lets an attempt in or not. It is counted as failed before it is decided: however many come at once, no more than
 * `limit` are ever looked at. Whoever succeeds takes it back.
 */
export function admit({ failedAt, lockedUntil }: Attempts, now: Date, limit: number): Admission {
  if (lockedUntil !== null && lockedUntil > now) return { isAdmitted: false, lockedUntil };
  const since = now.getTime() - WINDOW_MS;
  const counted = [...failedAt.filter((at) => at.getTime() > since), now];
  const locks = counted.length >= limit;
  const until = locks ? new Date(now.getTime() + LOCK_MS) : null;
  return { isAdmitted: true, attempts: { failedAt: counted, lockedUntil: until }, locks };
}

/** Takes back an attempt that was admitted at `at` and succeeded, with the lock that it would have brought. */
export function takeBack({ failedAt, lockedUntil }: Attempts, at: Date, limit: number): Attempts {
  const index = failedAt.findIndex((one) => one.getTime() === at.getTime());
  if (index < 0) return { failedAt, lockedUntil };
  const rest = failedAt.toSpliced(index, 1);
  return { failedAt: rest, lockedUntil: rest.length < limit ? null : lockedUntil };
}
