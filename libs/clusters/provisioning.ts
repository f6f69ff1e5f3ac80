import { z } from 'zod';
import type { ClusterEntity, ClusterStatus } from '../persistence/index.js';

/** What the platform reports of one step of a cluster's provisioning; instances come after volumes. */
export const provisioningReport = z.object({
  step: z.enum(['instances', 'volumes']),
  outcome: z.enum(['failed', 'succeeded']),
});
export type ProvisioningReportBody = z.output<typeof provisioningReport>;

/** What people read of a failed step, word for word. */
export const FAILURE_MESSAGES: Readonly<Record<ProvisioningReportBody['step'], string>> = {
  instances: 'Cluster instances failed to provision',
  volumes: 'Cluster volumes failed to provision',
};

export interface Provisioned {
  readonly provisioning: ClusterEntity['provisioning'];
  readonly status: ClusterStatus;
}

/**
 * The steps after a report, and the status that follows: `defunct` while the latest outcome of any step is a failure.
 * Instances that were provisioned have volumes: a failure of those is over then.
 */
export function provisionedAfter(
  present: ClusterEntity['provisioning'],
  { step, outcome }: ProvisioningReportBody,
  at: Date,
): Provisioned {
  const { volumes, ...others } = present;
  const isOver = step === 'instances' && outcome === 'succeeded' && volumes?.outcome === 'failed';
  const kept = isOver || volumes === undefined ? others : { ...others, volumes };
  const provisioning = { ...kept, [step]: { outcome, at: at.toISOString() } };
  const hasFailed = Object.values(provisioning).some((report) => report.outcome === 'failed');
  return { provisioning, status: hasFailed ? 'defunct' : 'available' };
}
