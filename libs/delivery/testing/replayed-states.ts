import fc from 'fast-check';
import { SEVERITIES } from '../../domain/index.js';
import {
  EMPTY_MIRROR,
  type DeliveryState,
  type Mirror,
  type Settled,
  type Shown,
} from '../delivery-state.js';

export const NOW = new Date('2026-01-01T12:00:00Z');
const ENDS = ['delivered', 'coalesced', 'rejected', 'suppressed', 'expired'] as const;
const NOTHING: Settled = { delivered: 0, coalesced: 0, rejected: 0, suppressed: 0, expired: 0 };

export interface Replayed {
  readonly state: DeliveryState;
  readonly subject: Shown;
}

const severity = fc.constantFrom(...SEVERITIES);
const past = fc.integer({ min: 0, max: 3_600_000 }).map((ms) => new Date(NOW.getTime() - ms));

const mirrorOf = (subject: Shown): fc.Arbitrary<Mirror> => {
  const earlier = fc.record({
    seq: fc.integer({ min: 1, max: subject.seq }),
    status: fc.constant('open' as const),
    severity,
  });
  const shown = fc.oneof(earlier, fc.constant(subject));
  return fc.oneof(
    fc.constant(EMPTY_MIRROR),
    fc.record({ shown, changedAt: past }).map((told) => ({ ...EMPTY_MIRROR, ref: { ts: '1' }, ...told })),
    fc.record({ at: past, shown }).map((refused) => ({ ...EMPTY_MIRROR, refused })),
    fc
      .record({ posts: fc.integer({ min: 1, max: 2 }), since: past, shown, searched: fc.boolean() })
      .map((unknown) => ({ ...EMPTY_MIRROR, unknown })),
    earlier.map((ended) => ({ ...EMPTY_MIRROR, lost: true, ended })),
  );
};

/** Any state that a delivery of this many events may be in, more or less. */
export const replayed: fc.Arbitrary<Replayed> = fc
  .record({
    seq: fc.integer({ min: 1, max: 6 }),
    status: fc.constantFrom('open' as const, 'closed' as const),
    severity,
  })
  .chain((subject) =>
    fc
      .record({
        ends: fc.array(fc.constantFrom(...ENDS), { maxLength: subject.seq }),
        mirror: mirrorOf(subject),
        parked: fc.boolean(),
        failures: fc.integer({ min: 0, max: 3 }),
        isHeld: fc.boolean(),
      })
      .map(({ ends, mirror, parked, failures, isHeld }) => {
        const settled = ends.reduce((sum, end) => ({ ...sum, [end]: sum[end] + 1 }), NOTHING);
        const owed = ends.length < subject.seq;
        const state: DeliveryState = {
          firstSeq: 1,
          acceptedSeq: subject.seq,
          settledSeq: ends.length,
          settled,
          lastEnd: ends.at(-1) ?? null,
          parked: owed && parked,
          dueAt: owed && !parked ? NOW : null,
          owedSince: owed ? NOW : null,
          failures: owed ? failures : 0,
          held: isHeld ? { by: 'filter', since: NOW } : null,
          stormId: null,
          mirror,
          call: null,
        };
        return { state, subject };
      }),
  );
