import { Inject, Injectable } from '@nestjs/common';
import { Intake } from '../delivery/index.js';
import { CLOCK, notFound, type Clock } from '../domain/index.js';
import { ClusterStore, type ClusterStatus } from '../persistence/index.js';
import { FAILURE_MESSAGES, provisionedAfter, type ProvisioningReportBody } from './provisioning.js';

export interface ProvisioningResult {
  readonly status: ClusterStatus;
  /** Of the notification that a failure sends. */
  readonly notificationId?: string;
}

/** Takes in what the platform reports of a cluster's provisioning. */
@Injectable()
export class ProvisioningService {
  constructor(
    private readonly intake: Intake,
    private readonly store: ClusterStore,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * Sets the cluster's status, and on failure sends a notification, every time: a new attempt that failed is news.
   * When it resolves, all of it is durable. Throws 404 when the cluster is not of this project.
   */
  report(projectId: string, clusterId: string, report: ProvisioningReportBody): Promise<ProvisioningResult> {
    return this.intake.run(async (scope) => {
      const record = await this.store.lock(scope.tx, projectId, clusterId);
      if (!record) throw notFound('cluster');
      const updatedAt = this.clock.now();
      const provisioned = provisionedAfter(record.cluster.provisioning, report, updatedAt);
      await this.store.saveProvisioning(scope.tx, { id: clusterId, updatedAt, ...provisioned });
      const { status } = provisioned;
      if (report.outcome === 'succeeded') return { status };
      const notificationId = await scope.acceptNotification({
        projectId,
        clusterId,
        severity: 'critical',
        title: null,
        message: FAILURE_MESSAGES[report.step],
      });
      return { status, notificationId };
    });
  }
}
