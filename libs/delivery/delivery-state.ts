import type { IssueStatus, Receipt, RemoteRef, Severity } from '../domain/index.js';

/** What a message shows of its subject: which event it is up to, and that event's status and severity. */
export interface Shown {
  /** Number of the newest event that is shown, from 1. A notification has one. */
  readonly seq: number;
  readonly status: IssueStatus;
  readonly severity: Severity;
  /** It is sent once and has no end: a notification. */
  readonly once?: true;
}

/** Posts that were sent and got no verdict: each may or may not have left a message. */
export interface UnknownPost {
  /** How many there were in a row. */
  readonly posts: number;
  /** When the first of them was begun. */
  readonly since: Date;
  /** What the last of them showed. */
  readonly shown: Shown;
  /** The sink was searched since and could not say; a message found or known to be absent ends the matter. */
  readonly searched: boolean;
}

/** A request that the sink took and has not judged yet. Nothing else is sent meanwhile: it could overtake it. */
export interface PendingVerdict {
  readonly receipt: Receipt;
  readonly action: 'open' | 'update' | 'close';
  readonly shows: Shown;
  /** When the request was begun. */
  readonly since: Date;
  /** How often it was asked for. */
  readonly asks: number;
}

/** A thing that was closed is looked at again: right after the close was confirmed (1), and some time later (2). */
export interface Verification {
  readonly at: Date;
  readonly round: 1 | 2;
}

/** The state of one subject at one integration, as far as we know it. Dates are plain strings once stored. */
export interface Mirror {
  /** Where the message is; null while there is none that we know of. */
  readonly ref: RemoteRef | null;
  /** What the message at `ref` shows. */
  readonly shown: Shown | null;
  /** When the message was last changed, or may have been. */
  readonly changedAt: Date | null;
  readonly unknown: UnknownPost | null;
  /** The message we had is gone or locked: the next post replaces it. */
  readonly lost: boolean;
  /** What the sink refused for good, and when: it is not offered the same news again within the interval. */
  readonly refused: { readonly at: Date; readonly shown: Shown } | null;
  readonly pending: PendingVerdict | null;
  readonly verify: Verification | null;
  /** How often it was found open after it had been closed. */
  readonly drifts: number;
  /** A person ended it at the sink when this was so; it stays ended until it gets worse. */
  readonly ended: Shown | null;
}

export const EMPTY_MIRROR: Mirror = {
  ref: null,
  shown: null,
  changedAt: null,
  unknown: null,
  lost: false,
  refused: null,
  pending: null,
  verify: null,
  drifts: 0,
  ended: null,
};

/** What a call to a sink is for: to show, to change, to close; to look for, to ask for a verdict, to read back. */
export type Action = 'open' | 'update' | 'close' | 'recover' | 'confirm' | 'verify';

/** A call that was begun: written before it is made, so that a crash in between is noticed. */
export interface BegunCall {
  readonly action: Action;
  readonly shows: Shown;
  readonly startedAt: Date;
}

/** The ends that a unit of the ledger can find. */
export interface Settled {
  readonly delivered: number;
  readonly coalesced: number;
  readonly rejected: number;
  readonly suppressed: number;
  readonly expired: number;
}

/**
 * How far one delivery is. Its units are the events `firstSeq` to `acceptedSeq` (a notification has one);
 * those up to `settledSeq` have found their end and are counted in `settled`.
 */
export interface DeliveryState {
  readonly firstSeq: number;
  readonly acceptedSeq: number;
  readonly settledSeq: number;
  readonly settled: Settled;
  /** How the units that were settled last ended. */
  readonly lastEnd: keyof Settled | null;
  /** It waits for a failing or paused integration. */
  readonly parked: boolean;
  /** When something is to be done next; null when nothing is owed, or it is parked. */
  readonly dueAt: Date | null;
  /** When the oldest unit that is not settled was accepted, or was let go after it had been parked. */
  readonly owedSince: Date | null;
  /** Failed attempts in a row. */
  readonly failures: number;
  readonly mirror: Mirror;
  readonly call: BegunCall | null;
  /** What holds it back, since when: a silence's or window's id, or `filter`. */
  readonly held: { readonly by: string; readonly since: Date } | null;
  /** The storm whose summary shows it in place of a message of its own. */
  readonly stormId: string | null;
}

/**
 * Counts every unit up to event `upTo` that is not settled as `end`. A state that was delivered absorbs the older ones:
 * one unit is delivered, the others are coalesced.
 */
export function settleUpTo(state: DeliveryState, upTo: number, end: keyof Settled, now: Date): DeliveryState {
  // What went by while the integration was turned elsewhere is shown as well, but was never accepted for it.
  const seq = Math.min(upTo, state.acceptedSeq);
  const units = seq - state.settledSeq;
  if (units <= 0) return state;
  const settled =
    end === 'delivered'
      ? {
          ...state.settled,
          delivered: state.settled.delivered + 1,
          coalesced: state.settled.coalesced + units - 1,
        }
      : { ...state.settled, [end]: state.settled[end] + units };
  const owedSince = seq < state.acceptedSeq ? now : null;
  return { ...state, settled, settledSeq: seq, owedSince, lastEnd: end };
}

/**
 * Takes units back from an end they had found, at most as many as ended so: they are owed again, and due now. The newest
 * are meant, for what is sent is the subject as it is.
 */
export function reopen(
  state: DeliveryState,
  ends: readonly (keyof Settled)[],
  most: number,
  now: Date,
): DeliveryState {
  let units = 0;
  const settled = { ...state.settled };
  for (const end of ends) {
    const taken = Math.min(settled[end], most - units);
    settled[end] -= taken;
    units += taken;
  }
  if (units === 0) return state;
  const owedSince = state.owedSince ?? now;
  return { ...state, settled, settledSeq: state.settledSeq - units, owedSince, failures: 0, dueAt: now };
}

/** Whether anything is at the sink, or may be. */
export const mayBeShown = ({ ref, unknown }: Mirror): boolean => ref !== null || unknown !== null;
