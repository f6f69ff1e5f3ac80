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
    parked: row.parked,
    dueAt: row.dueAt,
    owedSince: row.owedSince,
    failures: row.failures,
    mirror: mirrorOf(row.mirror),
    call: row.call ? callOf(row.call) : null,
  };
}

/** What of a state is written back. `acceptedSeq` is not: only the intake moves it. */
export function progressOf(state: DeliveryState): DeliveryProgress {
  return {
    settledSeq: state.settledSeq,
    ...state.settled,
    parked: state.parked,
    dueAt: state.dueAt,
    owedSince: state.owedSince,
    failures: state.failures,
    mirror: { ...state.mirror },
  };
}

const date = (value: unknown): Date => new Date(value as string);

function mirrorOf(stored: Record<string, unknown>): Mirror {
  const mirror = { ...EMPTY_MIRROR, ...stored } as Mirror;
  return {
    ...mirror,
    changedAt: mirror.changedAt && date(mirror.changedAt),
    refused: mirror.refused && { ...mirror.refused, at: date(mirror.refused.at) },
    unknown: mirror.unknown && { ...mirror.unknown, since: date(mirror.unknown.since) },
  };
}

function callOf(stored: Record<string, unknown>): BegunCall {
  return { ...(stored as unknown as BegunCall), startedAt: date(stored['startedAt']) };
}
