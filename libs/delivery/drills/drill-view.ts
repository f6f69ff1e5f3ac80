import type { DrillEntity } from '../../persistence/index.js';
import { stepsOf, type DrillStep } from './drill-script.js';

/** A drill as it is shown. */
export const drillView = (drill: DrillEntity) => ({
  id: drill.id,
  status: drill.status,
  startedAt: drill.startedAt.toISOString(),
  finishedAt: drill.finishedAt?.toISOString() ?? null,
  startedBy: drill.startedBy,
  reason: drill.reason,
  steps: stepsOf(drill).map(stepView),
});

const stepView = ({ step, acceptedAt, confirmedAt, latencyMs, attempts, httpStatus }: DrillStep) => ({
  step,
  acceptedAt,
  confirmedAt,
  latencyMs,
  attempts,
  httpStatus,
});
