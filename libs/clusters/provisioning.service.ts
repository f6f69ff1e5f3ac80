import { Inject, Injectable } from '@nestjs/common';
import { Intake } from '../delivery/index.js';
import { CLOCK, notFound, type Clock } from '../domain/index.js';
import { Audit, type Tenant } from '../identity/index.js';
import { ClusterStore, type ClusterStatus } from '../persistence/index.js';
import { clusterDeed } from './cluster-deed.js';
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
    private readonly audit: Audit,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * Sets the cluster's status, and on failure sends a notification, every time: a new attempt that failed is news.
   * When it resolves, all of it is durable. Throws 404 when the cluster is not of this project.
   */
  report(tenant: Tenant, clusterId: string, report: ProvisioningReportBody): Promise<ProvisioningResult> {
    const { projectId } = tenant;
    return this.intake.run(async (scope) => {
      const record = await this.store.lock(scope.tx, projectId, clusterId);
      if (!record) throw notFound('cluster');
      const updatedAt = this.clock.now();
      const provisioned = provisionedAfter(record.cluster.provisioning, report, updatedAt);
      await this.store.saveProvisioning(scope.tx, { id: clusterId, updatedAt, ...provisioned });
      const { status } = provisioned;
      const how = `reported: provisioning of its ${report.step} ${report.outcome}`;
      const changed = ['provisioning', ...(status === record.cluster.status ? [] : ['status'])];
      const deed = clusterDeed(tenant, record.cluster, 'provisioning-reported', { changed, how });
      await this.audit.record(scope.tx, deed);
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
