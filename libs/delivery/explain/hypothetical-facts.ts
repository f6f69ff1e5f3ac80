import { newId, type Issue, type Notification } from '../../domain/index.js';

/** A notification that there is not. */
export const notificationOf = (
  projectId: string,
  severity: Notification['severity'],
  clusterId: string | null,
  acceptedAt: Date,
): Notification => ({
  id: newId(acceptedAt),
  projectId,
  clusterId,
  severity,
  title: null,
  message: '',
  acceptedAt,
  exceptFor: null,
  drillOf: null,
  isNotice: false,
});

type SupposedIssue = Pick<Issue, 'kind' | 'severity' | 'clusterId' | 'nodeId'> & { event: 'open' | 'closed' };

/** An issue that there is not, with its first event. */
export const issueOf = (projectId: string, supposed: SupposedIssue, now: Date): Issue => ({
  id: newId(now),
  projectId,
  key: 'hypothetical',
  kind: supposed.kind,
  status: supposed.event,
  severity: supposed.severity,
  clusterId: supposed.clusterId,
  nodeId: supposed.nodeId,
  message: '',
  openedAt: now,
  updatedAt: now,
  closedAt: supposed.event === 'closed' ? now : null,
  eventCount: 1,
  drillOf: null,
});
