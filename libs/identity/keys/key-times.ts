/** How long an access token is good. */
export const ACCESS_TOKEN_LIFETIME_SECONDS = 3_600;
/** A key is accepted so much longer than its last token lives: for clocks that differ, and for hubs that look again only every now and then. */
const LEEWAY_MS = 5 * 60_000;
const ACCEPTED_AFTERWARDS_MS = ACCESS_TOKEN_LIFETIME_SECONDS * 1_000 + LEEWAY_MS;

/** A hub's view of the keys is at most so old. */
export const OLDEST_VIEW_MS = 30_000;
/** A new key may not begin to sign before every hub has seen it. */
export const SHORTEST_OVERLAP_MS = 2 * OLDEST_VIEW_MS;

/** A key as far as time is concerned. */
export interface TimedKey {
  readonly id: string;
  readonly signsFrom: Date;
}

/** What each key is for at one moment. */
export interface KeysInForce<Key> {
  readonly signing: Key;
  /** Whose tokens are good, and which are published: the signing one, the next ones, and those whose tokens may still live. */
  readonly accepted: readonly Key[];
  /** The one that will sign next, if one is announced. */
  readonly next: Key | undefined;
}

/**
 * Which key signs, and which are accepted and published. The signing key is the one that began last; one that another
 * replaced stays accepted until its last tokens have expired, one that has yet to begin is accepted already. When none
 * has begun (clocks differ) the first one signs. `undefined` only without any key.
 */
export function keysAt<Key extends TimedKey>(keys: readonly Key[], at: Date): KeysInForce<Key> | undefined {
  const inOrder = ordered(keys);
  const begun = inOrder.filter(({ signsFrom }) => signsFrom <= at);
  const signing = begun.at(-1) ?? inOrder[0];
  if (signing === undefined) return undefined;
  const accepted = inOrder.filter((key) => {
    const end = endOf(key, inOrder);
    return end === undefined || at < end;
  });
  return { signing, accepted, next: inOrder[inOrder.indexOf(signing) + 1] };
}

/** When a key stops being accepted; `undefined` as long as none replaces it. */
export function endOf<Key extends TimedKey>(key: Key, keys: readonly Key[]): Date | undefined {
  const inOrder = ordered(keys);
  const replacedAt = inOrder[inOrder.findIndex(({ id }) => id === key.id) + 1]?.signsFrom;
  return replacedAt && new Date(replacedAt.getTime() + ACCEPTED_AFTERWARDS_MS);
}

const ordered = <Key extends TimedKey>(keys: readonly Key[]): Key[] =>
  keys.toSorted((a, b) => a.signsFrom.getTime() - b.signsFrom.getTime() || (a.id < b.id ? -1 : 1));
