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
  /** The integration that it is about, and that it therefore does not go through; null for most. */
  exceptFor: string | null;
  /** Of a fire drill: the one integration that it concerns; null for a real one. */
  drillOf: string | null;
  /** The hub's own word on its state, or on what was held back: silences and windows let it pass. */
  isNotice: boolean;
}
