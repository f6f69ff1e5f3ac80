import type { AttemptEntity, DeliveryLogRow, Refusal } from '../../persistence/index.js';
import { mirrorOf } from '../delivery-rows.js';
import type { Mirror } from '../delivery-state.js';

const time = (date: Date | null | undefined): string | null => date?.toISOString() ?? null;

/** A delivery for people: what it is about, where it is, and what the sink shows. */
export function deliveryView(row: DeliveryLogRow) {
  const mirror = mirrorOf(row.mirror);
  return {
    id: row.id,
    subject: subjectView(row),
    outcome: row.outcome,
    units: {
      accepted: row.accepted,
      delivered: row.delivered,
      coalesced: row.coalesced,
      rejected: row.rejected,
      suppressed: row.suppressed,
      expired: row.expired,
    },
    shown: shownView(mirror),
    held: row.heldBy === null ? null : { by: row.heldBy, since: time(row.heldSince) },
    stormId: row.stormId,
    verdictPendingSince: time(mirror.pending?.since),
    verification: { nextAt: time(mirror.verify?.at), drifts: mirror.drifts },
    dueAt: time(row.dueAt),
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  };
}

function subjectView({ subjectType: type, subjectId: id, kind, severity, status }: DeliveryLogRow) {
  if (type === 'issue') return { type, id, kind, severity, status };
  return type === 'notification' ? { type, id, severity } : { type, id };
}

/** What the sink shows, and where; null while it shows nothing that we know of. */
function shownView({ ref, shown, changedAt }: Mirror) {
  return ref && shown ? { ...shown, changedAt: time(changedAt), ref } : null;
}

/** What was refused, and what the sink said to it; `refusal` is null when the attempt is not kept any more. */
export function rejectedView(row: DeliveryLogRow, refusal: Refusal | undefined) {
  return {
    ...deliveryView(row),
    refusal: refusal
      ? {
          at: refusal.startedAt.toISOString(),
          code: refusal.code,
          reason: refusal.reason,
          httpStatus: refusal.httpStatus,
          answer: refusal.answer,
        }
      : null,
  };
}

export function attemptView(attempt: AttemptEntity) {
  return {
    time: attempt.startedAt.toISOString(),
    action: attempt.action,
    outcome: attempt.outcome,
    code: attempt.code,
    reason: attempt.reason,
    httpStatus: attempt.httpStatus,
    requestDigest: attempt.requestDigest,
    requestShape: attempt.requestShape,
    answer: attempt.answer,
    durationMs: attempt.durationMs,
    nextTryAt: time(attempt.nextTryAt),
  };
}
