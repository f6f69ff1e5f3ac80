import type { Intake } from '../delivery/index.js';
import type { Clock } from '../domain/index.js';
import type { Database, DetectorStateStore } from '../persistence/index.js';

/** Ends what is open of clusters and nodes that are watched no more. */
export class ClusterIssues {
  constructor(
    private readonly database: Database,
    private readonly intake: Intake,
    private readonly states: DetectorStateStore,
    private readonly clock: Clock,
  ) {}

  /**
   * Closes every open issue of the cluster, or only those of these nodes, and forgets what detectors remember of them.
   * To be called after the removal is committed; a poll that is under way then opens nothing again.
   */
  async closeIssuesOf(clusterId: string, nodeIds?: readonly string[]): Promise<void> {
    const what = nodeIds === undefined ? 'cluster' : 'node';
    await this.intake.run(async (scope) => {
      await this.states.lockCluster(scope.tx, clusterId);
      for (const issue of await this.states.openIssues(scope.tx, clusterId, nodeIds)) {
        const { projectId, key, kind, severity, nodeId } = issue;
        const message = `The ${what} was removed from Spillway.`;
        const time = this.clock.now();
        await scope.acceptIssue(projectId, {
          key,
          event: 'closed',
          kind,
          severity,
          message,
          clusterId,
          nodeId,
          time,
        });
      }
      await this.states.forget(scope.tx, clusterId, nodeIds);
    });
  }

  /** Does so for every cluster and node that was removed without it, or of one cluster only. */
  async closeLeftovers(clusterId?: string): Promise<void> {
    for (const leftover of await this.states.leftovers(this.database, clusterId)) {
      await this.closeIssuesOf(leftover.clusterId, leftover.nodeId === null ? undefined : [leftover.nodeId]);
    }
  }
}
