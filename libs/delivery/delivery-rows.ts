import type { DeliveryEntity, DeliveryProgress } from '../persistence/index.js';
import { EMPTY_MIRROR, type BegunCall, type DeliveryState, type Mirror } from './delivery-state.js';

/** A delivery's row as the pure rules see it. */
export function stateOf(row: DeliveryEntity): DeliveryState {
  return {
    firstSeq: row.firstSeq,
    acceptedSeq: row.acceptedSeq,
    settledSeq: row.settledSeq,
    settled: {
      delivered: row.delivered,
      coalesced: row.coalesced,
      rejected: row.rejected,
      suppressed: row.suppressed,
      expired: row.expired,
    },
    lastEnd: row.lastEnd,
    parked: row.parked,
    dueAt: row.dueAt,
    owedSince: row.owedSince,
    failures: row.failures,
    held: row.heldBy === null ? null : { by: row.heldBy, since: row.heldSince ?? row.updatedAt },
    stormId: row.stormId,
    mirror: mirrorOf(row.mirror),
    call: row.call ? callOf(row.call) : null,
  };
}

/** What of a state is written back. `acceptedSeq` is not: only the intake moves it. */
export function progressOf(state: DeliveryState): DeliveryProgress {
  return {
    settledSeq: state.settledSeq,
    ...state.settled,
    lastEnd: state.lastEnd,
    heldBy: state.held?.by ?? null,
    heldSince: state.held?.since ?? null,
    stormId: state.stormId,
    parked: state.parked,
    dueAt: state.dueAt,
    owedSince: state.owedSince,
    failures: state.failures,
    mirror: { ...state.mirror },
  };
}

const date = (value: unknown): Date => new Date(value as string);

/** A stored mirror with its dates. */
export function mirrorOf(stored: Record<string, unknown>): Mirror {
  const mirror = { ...EMPTY_MIRROR, ...stored } as Mirror;
  return {
    ...mirror,
    changedAt: mirror.changedAt && date(mirror.changedAt),
    refused: mirror.refused && { ...mirror.refused, at: date(mirror.refused.at) },
    unknown: mirror.unknown && { ...mirror.unknown, since: date(mirror.unknown.since) },
    pending: mirror.pending && { ...mirror.pending, since: date(mirror.pending.since) },
    verify: mirror.verify && { ...mirror.verify, at: date(mirror.verify.at) },
  };
}

function callOf(stored: Record<string, unknown>): BegunCall {
  return { ...(stored as unknown as BegunCall), startedAt: date(stored['startedAt']) };
}
