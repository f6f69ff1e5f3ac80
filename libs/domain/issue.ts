import type { Severity } from './severity.js';

/** The kinds that our own detectors report. External detectors may report these and any other. */
export const ISSUE_KINDS = [
  'core-load',
  'disk-usage',
  'memory-usage',
  'cluster-consensus',
  'frequent-elections',
  'leader-mismatch',
  'node-out-of-sync',
  'unreachable-node',
] as const;

/** Begins the keys of issues that the hub itself watches; reports of others may not begin so, or they would change those. */
export const OWN_KEY_PREFIX = 'spillway:';

export type IssueStatus = 'open' | 'closed';

/** What one evaluation says of an issue: it is (still) there, or it is over. */
export type IssueEventType = 'open' | 'closed';

/** An issue as it is now: many `open` events, then one `closed` event. */
export interface Issue {
  id: string;
  projectId: string;
  /** Identity of the condition within the project; at most one issue with a key is open at a time. */
  key: string;
  kind: string;
  status: IssueStatus;
  severity: Severity;
  clusterId: string | null;
  nodeId: string | null;
  /** The latest event's message. */
  message: string;
  openedAt: Date;
  updatedAt: Date;
  closedAt: Date | null;
  /** How many events it has had; the latest event's sequence number, counted from 1. */
  eventCount: number;
  /** Of a fire drill: the one integration that it concerns; null for a real issue. */
  drillOf: string | null;
}

/** The kind of the synthetic issue of a fire drill. */
export const DRILL_KIND = 'fire-drill';

/** An event as a detector reports it, before it has been accepted. */
export interface IssueReport {
  key: string;
  event: IssueEventType;
  kind: string;
  severity: Severity;
  message: string;
  clusterId: string | null;
  nodeId: string | null;
  /** When the condition was seen. */
  time: Date;
  /** Of a fire drill: the one integration that it concerns. */
  drillOf?: string;
}
