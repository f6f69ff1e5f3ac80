import type { DeliveryEntity, IntegrationEntity } from '../persistence/index.js';

/** A delivery as the intake makes it for event `seq`, before anybody has looked at it. It has no id. */
export function freshDelivery(
  { id: integrationId, sink }: Pick<IntegrationEntity, 'id' | 'sink'>,
  subjectType: 'issue' | 'notification',
  subjectId: string,
  seq: number,
  now: Date,
): DeliveryEntity {
  return {
    id: '',
    integrationId,
    sink,
    subjectType,
    subjectId,
    firstSeq: seq,
    acceptedSeq: seq,
    settledSeq: seq - 1,
    delivered: 0,
    coalesced: 0,
    rejected: 0,
    suppressed: 0,
    expired: 0,
    parked: false,
    dueAt: now,
    owedSince: now,
    failures: 0,
    mirror: {},
    call: null,
    leaseToken: null,
    leaseUntil: null,
    lastEnd: null,
    heldBy: null,
    heldSince: null,
    stormId: null,
    stormSeq: null,
    slotAt: null,
    createdAt: now,
    updatedAt: now,
  };
}
