import { describe, expect, it } from 'vitest';
import type { Outcome } from '../../domain/index.js';
import type { Parcel } from '../../sinks/index.js';
import { parcelEnd, type ParcelSituation } from './parcel-end.js';

const NOW = new Date('2026-11-28T12:00:00Z');
const minutesAgo = (minutes: number): Date => new Date(NOW.getTime() - minutes * 60_000);
const parcel: Parcel = { lane: 'n1', seqs: [1, 2, 3], newestMs: minutesAgo(10).getTime() };
const data: Parcel = { ...parcel, items: [[1, 3], [2]] };
const situation: ParcelSituation = {
  traits: { restMs: 1_000, resends: 'always', triedForMs: null },
  failures: 0,
  failingSince: null,
  isDoubtful: false,
  now: NOW,
  random: () => 0.5,
};
const metrics: ParcelSituation = {
  ...situation,
  traits: { restMs: 58_000, resends: 'once', triedForMs: 120_000 },
};
const failure = { code: 'c', reason: 'r' };
const failed = (kind: 'transient' | 'ambiguous'): Outcome => ({ kind, ...failure });

describe('the end of a parcel', () => {
  it('is that every entry was delivered, or of each item the last, and the others went into it', () => {
    const delivered: Outcome = { kind: 'delivered', ref: {} };
    expect(parcelEnd(delivered, parcel, situation)).toEqual({
      kind: 'settled',
      ended: [{ seqs: [1, 2, 3], end: 'delivered' }],
    });
    expect(parcelEnd(delivered, data, situation)).toEqual({
      kind: 'settled',
      ended: [
        { seqs: [3, 2], end: 'delivered' },
        { seqs: [1], end: 'coalesced' },
      ],
    });
  });

  it('names what was refused of it, and settles the rest', () => {
    const partial: Outcome = { kind: 'partial', rejected: [{ index: 0, ...failure }] };
    expect(parcelEnd(partial, parcel, situation)).toEqual({
      kind: 'settled',
      ended: [
        { seqs: [2, 3], end: 'delivered' },
        { seqs: [1], end: 'rejected', failure },
      ],
    });
    expect(parcelEnd(partial, data, situation)).toMatchObject({
      ended: [{ seqs: [2] }, { seqs: [] }, { seqs: [1, 3], end: 'rejected' }],
    });
  });

  it('is to be halved when it is refused as a whole, down to one item', () => {
    const rejected: Outcome = { kind: 'rejected', ...failure };
    expect(parcelEnd(rejected, parcel, situation)).toEqual({ kind: 'split' });
    expect(parcelEnd(rejected, data, situation)).toEqual({ kind: 'split' });
    expect(parcelEnd(rejected, { ...data, items: [[1, 2, 3]] }, situation)).toMatchObject({
      ended: [{ seqs: [1, 2, 3], end: 'rejected' }],
    });
  });

  it('waits for everybody when the sink asks for that, and only for its lane when it fails', () => {
    expect(parcelEnd({ kind: 'throttled', waitMs: 7_000, ...failure }, parcel, situation)).toEqual({
      kind: 'waits',
      waitMs: 7_000,
      isFailure: false,
      forAll: true,
    });
    expect(parcelEnd(failed('transient'), parcel, { ...situation, failures: 2 })).toEqual({
      kind: 'waits',
      waitMs: 4_500,
      isFailure: true,
      forAll: false,
    });
    for (const outcome of [
      { kind: 'unauthorized', ...failure },
      { kind: 'gone', what: 'destination', ...failure },
    ] as const)
      expect(parcelEnd(outcome, parcel, situation)).toEqual({ kind: 'parked' });
  });

  it('is given up where twice does harm, when the lane had no verdict twice in a row', () => {
    expect(parcelEnd(failed('ambiguous'), parcel, metrics)).toMatchObject({ kind: 'waits' });
    const again = { ...metrics, isDoubtful: true };
    expect(parcelEnd(failed('ambiguous'), parcel, again)).toMatchObject({ ended: [{ end: 'expired' }] });
    expect(parcelEnd(failed('transient'), parcel, again)).toMatchObject({ kind: 'waits' });
    expect(parcelEnd(failed('ambiguous'), parcel, { ...situation, isDoubtful: true })).toMatchObject({
      kind: 'waits',
    });
  });

  it('is given up when it is old and has been failing for so long; not for being old alone', () => {
    const failing = (minutes: number) => ({ ...metrics, failingSince: minutesAgo(minutes) });
    expect(parcelEnd(failed('transient'), parcel, metrics)).toMatchObject({ kind: 'waits' });
    expect(parcelEnd(failed('transient'), parcel, failing(2))).toMatchObject({ kind: 'waits' });
    expect(parcelEnd(failed('transient'), parcel, failing(3))).toMatchObject({ ended: [{ end: 'expired' }] });
    const fresh = { ...parcel, newestMs: minutesAgo(1).getTime() };
    expect(parcelEnd(failed('transient'), fresh, failing(3))).toMatchObject({ kind: 'waits' });
    const logs = { ...situation, failingSince: minutesAgo(3_000) };
    expect(parcelEnd(failed('transient'), parcel, logs)).toMatchObject({ kind: 'waits' });
  });
});
