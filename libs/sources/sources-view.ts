import type { Notification } from '../domain/index.js';
import type { IssueEntity, IssueEventEntity } from '../persistence/index.js';

export function issueView(issue: IssueEntity) {
  const { acknowledgedAt: at, acknowledgedBy: by } = issue;
  return {
    id: issue.id,
    kind: issue.kind,
    status: issue.status,
    severity: issue.severity,
    clusterId: issue.clusterId,
    nodeId: issue.nodeId,
    message: issue.message,
    openedAt: issue.openedAt.toISOString(),
    updatedAt: issue.updatedAt.toISOString(),
    closedAt: issue.closedAt?.toISOString() ?? null,
    eventCount: issue.eventCount,
    acknowledged: at === null ? null : { at: at.toISOString(), by },
  };
}

export function issueEventView({ seq, event, severity, message, time, acceptedAt }: IssueEventEntity) {
  return { seq, event, severity, message, time: time.toISOString(), acceptedAt: acceptedAt.toISOString() };
}

export function notificationView({ id, clusterId, severity, title, message, acceptedAt }: Notification) {
  return { id, clusterId, severity, title, message, acceptedAt: acceptedAt.toISOString() };
}
