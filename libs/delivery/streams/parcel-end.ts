import type { Failure, Outcome } from '../../domain/index.js';
import type { Parcel, StreamTraits } from '../../sinks/index.js';
import { backoffMs, type Random } from '../backoff.js';

/** Entries and how they ended. */
export interface Ended {
  readonly seqs: readonly number[];
  readonly end: 'delivered' | 'coalesced' | 'rejected' | 'suppressed' | 'expired';
  readonly failure?: Failure;
}

/** What an answer means for a parcel and its lane. */
export type ParcelEnd =
  /** It is over; the lane goes on. */
  | { readonly kind: 'settled'; readonly ended: readonly Ended[] }
  /** Something in it is refused: the halves go in its place. */
  | { readonly kind: 'split' }
  /** It goes again later. `forAll`: until then no lane has anything to hope for. */
  | {
      readonly kind: 'waits';
      readonly waitMs: number;
      readonly isFailure: boolean;
      readonly forAll: boolean;
    }
  /** Nothing goes until the integration is mended. */
  | { readonly kind: 'parked' };

export interface ParcelSituation {
  readonly traits: StreamTraits;
  /** Failed calls in a row before this one, and since when. */
  readonly failures: number;
  readonly failingSince: Date | null;
  /** The last call of the lane got no verdict. */
  readonly isDoubtful: boolean;
  readonly now: Date;
  readonly random: Random;
}

/** The items of a parcel, each with its entries. */
const itemsOf = ({ items, seqs }: Parcel): readonly (readonly number[])[] =>
  items ?? seqs.map((seq) => [seq]);

/** Pure. */
export function parcelEnd(outcome: Outcome, parcel: Parcel, situation: ParcelSituation): ParcelEnd {
  switch (outcome.kind) {
    case 'delivered':
      return { kind: 'settled', ended: deliveredOf(parcel) };
    case 'partial':
      return { kind: 'settled', ended: partsOf(parcel, outcome.rejected) };
    case 'rejected':
      if (itemsOf(parcel).length > 1) return { kind: 'split' };
      return { kind: 'settled', ended: [{ seqs: parcel.seqs, end: 'rejected', failure: outcome }] };
    case 'throttled':
      return { kind: 'waits', waitMs: outcome.waitMs, isFailure: false, forAll: true };
    case 'transient':
    case 'ambiguous':
      return tryAgain(outcome, parcel, situation);
    case 'unauthorized':
    case 'gone':
      return { kind: 'parked' };
  }
}

function tryAgain(
  outcome: Extract<Outcome, { kind: 'transient' | 'ambiguous' }>,
  parcel: Parcel,
  { traits, failures, failingSince, isDoubtful, now, random }: ParcelSituation,
): ParcelEnd {
  const isDoubt = outcome.kind === 'ambiguous';
  const isTooOften = isDoubt && traits.resends === 'once' && isDoubtful;
  const triedForMs = failingSince === null ? 0 : now.getTime() - failingSince.getTime();
  const isTooOld =
    traits.triedForMs !== null &&
    triedForMs > traits.triedForMs &&
    parcel.newestMs < now.getTime() - traits.triedForMs;
  if (isTooOften || isTooOld)
    return { kind: 'settled', ended: [{ seqs: parcel.seqs, end: 'expired', failure: outcome }] };
  return { kind: 'waits', waitMs: backoffMs(failures + 1, random), isFailure: true, forAll: false };
}

/** Of each item the last entry shows at the sink; the others went into it. */
function deliveredOf({ items, seqs }: Parcel): Ended[] {
  if (!items) return [{ seqs, end: 'delivered' }];
  return [
    { seqs: items.flatMap((item) => item.slice(-1)), end: 'delivered' },
    { seqs: items.flatMap((item) => item.slice(0, -1)), end: 'coalesced' },
  ];
}

function partsOf(parcel: Parcel, rejected: readonly ({ readonly index: number } & Failure)[]): Ended[] {
  const items = itemsOf(parcel);
  const refused = new Map(rejected.map(({ index, ...failure }) => [index, failure]));
  const taken = items.filter((_, index) => !refused.has(index));
  const left = deliveredOf(
    parcel.items ? { ...parcel, items: taken } : { ...parcel, seqs: taken.map(([seq]) => seq!) },
  );
  return [
    ...left,
    ...[...refused].map(([index, failure]): Ended => ({
      seqs: items[index] ?? [],
      end: 'rejected',
      failure,
    })),
  ];
}
