import { newId, type Issue, type IssueReport, type Notification } from '../domain/index.js';

const TIME = new Date('2026-01-01T00:00:00Z');

/** An open disk issue of a node, seen once. */
export function anIssue(overrides: Partial<Issue> = {}): Issue {
  return {
    id: newId(TIME),
    projectId: newId(TIME),
    key: 'disk-usage:node-1',
    kind: 'disk-usage',
    status: 'open',
    severity: 'warning',
    clusterId: newId(TIME),
    nodeId: newId(TIME),
    message: 'Disk usage is 85 % on node-1.example.com:2113.',
    openedAt: TIME,
    updatedAt: TIME,
    closedAt: null,
    eventCount: 1,
    drillOf: null,
    ...overrides,
  };
}

/** A detector's report that a disk fills; give another `key` for another issue. */
export function anIssueReport(overrides: Partial<IssueReport> = {}): IssueReport {
  return {
    key: 'disk-usage:node-1',
    event: 'open',
    kind: 'disk-usage',
    severity: 'warning',
    message: 'Disk usage is 85 % on node-1.example.com:2113.',
    clusterId: null,
    nodeId: null,
    time: TIME,
    ...overrides,
  };
}

/** A notification without a cluster. */
export function aNotification(overrides: Partial<Notification> = {}): Notification {
  return {
    id: newId(TIME),
    projectId: newId(TIME),
    clusterId: null,
    severity: 'critical',
    title: null,
    message: 'Cluster instances failed to provision',
    acceptedAt: TIME,
    exceptFor: null,
    drillOf: null,
    isNotice: false,
    ...overrides,
  };
}
