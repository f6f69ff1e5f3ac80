import type { Severity } from './severity.js';

/** A noteworthy event, sent once. */
export interface Notification {
  id: string;
  projectId: string;
  clusterId: string | null;
  severity: Severity;
  title: string | null;
  message: string;
  acceptedAt: Date;
}
