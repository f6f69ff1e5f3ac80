import { Inject, Injectable } from '@nestjs/common';
import { Intake } from '../delivery/index.js';
import { badRequest, CLOCK, type Clock } from '../domain/index.js';
import { ClusterStore, Database } from '../persistence/index.js';
import type { IssueEventBody, NotificationBody } from './sources.schema.js';

/** Clocks differ a little; a report further ahead is a mistake. */
const MAX_AHEAD_MS = 5 * 60_000;
/** What PostgreSQL and people make sense of. */
const EARLIEST = new Date('2000-01-01T00:00:00Z');

/** Takes in what others report. When a method resolves, the fact and what is owed for it are durable. */
@Injectable()
export class ReportsService {
  constructor(
    private readonly database: Database,
    private readonly clusters: ClusterStore,
    private readonly intake: Intake,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Resolves with the issue's id. */
  async issueEvent(projectId: string, body: IssueEventBody): Promise<string> {
    const { key, event, kind, severity, message } = body;
    const time = this.timeOf(body.time ?? undefined);
    const place = await this.placeOf(projectId, body.clusterId ?? null, body.nodeId ?? null);
    const report = { key, event, kind, severity, message, time, ...place };
    const { issueId } = await this.intake.run((scope) => scope.acceptIssue(projectId, report));
    return issueId;
  }

  /** Resolves with the notification's id. */
  async notification(projectId: string, body: NotificationBody): Promise<string> {
    const { clusterId } = await this.placeOf(projectId, body.clusterId ?? null, null);
    const { severity, title = null, message } = body;
    return this.intake.run((scope) =>
      scope.acceptNotification({ projectId, clusterId, severity, title: title ?? null, message }),
    );
  }

  private timeOf(text: string | undefined): Date {
    const now = this.clock.now();
    if (text === undefined) return now;
    const time = new Date(text);
    if (Number.isNaN(time.getTime()) || time < EARLIEST)
      throw badRequest({ time: 'is no time since the year 2000' });
    if (time.getTime() > now.getTime() + MAX_AHEAD_MS)
      throw badRequest({ time: 'is more than 5 minutes ahead' });
    return time;
  }

  /** The cluster and node, which must be of this project; a node alone tells its cluster. */
  private async placeOf(projectId: string, clusterId: string | null, nodeId: string | null) {
    if (nodeId === null) {
      const isKnown = clusterId === null || (await this.clusters.exists(this.database, projectId, clusterId));
      if (!isKnown) throw badRequest({ clusterId: 'is no cluster of this project' });
      return { clusterId, nodeId };
    }
    const home = await this.clusters.clusterOfNode(this.database, projectId, nodeId);
    if (clusterId !== null && clusterId !== home) {
      const isKnown = await this.clusters.exists(this.database, projectId, clusterId);
      if (!isKnown) throw badRequest({ clusterId: 'is no cluster of this project' });
    }
    if (home === undefined) throw badRequest({ nodeId: 'is no node of this project' });
    if (clusterId !== null && clusterId !== home) throw badRequest({ nodeId: 'is no node of this cluster' });
    return { clusterId: home, nodeId };
  }
}
