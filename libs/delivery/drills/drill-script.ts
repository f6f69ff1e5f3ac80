import { DRILL_KIND, type IssueReport } from '../../domain/index.js';
import type { DrillEntity, IntegrationEntity } from '../../persistence/index.js';
import type { NotificationContent } from '../intake.js';

/** What an integration of issues has to show, one after the other. */
const ISSUE_STEPS = ['opened', 'updated', 'closed'] as const;
export type StepName = (typeof ISSUE_STEPS)[number] | 'sent';

/** One step of a drill, as it is stored. Times are RFC 3339 in UTC. */
export interface DrillStep {
  readonly step: StepName;
  /** Number of the event among those of the drill's issue. */
  readonly seq: number;
  readonly acceptedAt: string;
  /** When the sink had confirmed it; null while it has not. */
  readonly confirmedAt: string | null;
  readonly latencyMs: number | null;
  /** Calls that it took. */
  readonly attempts: number;
  readonly httpStatus: number | null;
}

export const stepsOf = (drill: DrillEntity): readonly DrillStep[] => drill.steps as unknown as DrillStep[];

/** The step after this one; undefined when it was the last. */
export const stepAfter = (step: StepName): (typeof ISSUE_STEPS)[number] | undefined =>
  step === 'sent' ? undefined : ISSUE_STEPS[ISSUE_STEPS.indexOf(step) + 1];

const NOTHING_WRONG = 'FIRE DRILL, nothing is wrong.';

/** What is reported of a drill's issue. The update changes the severity, because that is sent at once. */
const REPORTS = {
  opened: {
    event: 'open',
    severity: 'info',
    message: `${NOTHING_WRONG} Spillway tests the way of its issues to this place; it updates this one and closes it.`,
  },
  updated: {
    event: 'open',
    severity: 'warning',
    message: `${NOTHING_WRONG} This is the update; the close follows.`,
  },
  closed: { event: 'closed', severity: 'warning', message: `${NOTHING_WRONG} The drill is over.` },
} as const;

/** The synthetic issue of a drill at this step. */
export const drillReport = (
  drillId: string,
  integrationId: string,
  step: (typeof ISSUE_STEPS)[number],
  time: Date,
): IssueReport => ({
  ...REPORTS[step],
  key: `spillway:drill:${drillId}`,
  kind: DRILL_KIND,
  clusterId: null,
  nodeId: null,
  time,
  drillOf: integrationId,
});

/** The synthetic notification of a drill. */
export const drillNotification = ({ id, projectId }: IntegrationEntity): NotificationContent => ({
  projectId,
  clusterId: null,
  severity: 'info',
  title: 'Fire drill',
  message: `${NOTHING_WRONG} Spillway tests the way of its notifications to this place.`,
  drillOf: id,
});
