/** Where a thing lives at a sink, in the sink's own words (Slack: `{channel, ts}`). Never holds a secret. */
export type RemoteRef = Readonly<Record<string, string>>;

/** By which a sink tells later what became of a request, in its own words. Never holds a secret. */
export type Receipt = Readonly<Record<string, string>>;

/** Why a call did not do what was asked. `code` is stable and for machines; `reason` is a sentence a person can act on. */
export interface Failure {
  readonly code: string;
  readonly reason: string;
}

/**
 * How a call to a sink ended. Every call ends as exactly one of these.
 *
 * - `delivered`: the sink confirmed it; `ref` says where it is.
 * - `partial`: a batch went, but for the items at these indexes.
 * - `rejected`: the sink refuses this item for good; unchanged it never goes.
 * - `throttled`: too fast; wait this long. Never counts as an attempt, never final.
 * - `transient`: surely not done, may go later.
 * - `ambiguous`: it was sent and there is no verdict: done or not, nobody knows. With a `receipt` the sink can be asked
 *   for its verdict later.
 * - `unauthorized`: the credential or its permissions are no good; nothing of this integration goes until it is mended.
 * - `gone`: what was addressed is missing: the `destination` (as for `unauthorized`), only the `message` that was
 *   to be changed (a fresh one is posted), or a person ended it there (`ended`: it stays so until it gets worse).
 */
export type Outcome =
  | { readonly kind: 'delivered'; readonly ref: RemoteRef }
  | { readonly kind: 'partial'; readonly rejected: readonly ({ readonly index: number } & Failure)[] }
  | ({ readonly kind: 'rejected' } & Failure)
  | ({ readonly kind: 'throttled'; readonly waitMs: number } & Failure)
  | ({ readonly kind: 'transient' } & Failure)
  | ({ readonly kind: 'ambiguous'; readonly receipt?: Receipt } & Failure)
  | ({ readonly kind: 'unauthorized' } & Failure)
  | ({ readonly kind: 'gone'; readonly what: 'destination' | 'message' | 'ended' } & Failure);

export type OutcomeKind = Outcome['kind'];
