import type { Transaction } from '../persistence/index.js';

/** What delivery has to know of changes to an integration. Whoever makes them (integrations) calls it. */
export abstract class IntegrationLifecycle {
  /**
   * It was edited, or its data were sent again: it is tried anew, and its backlog goes at once. Tells nothing, because
   * nobody knows yet whether it works.
   */
  abstract changed(integrationId: string): Promise<void>;
  /** It was tested with success: it works, which is told if it was failing, and its backlog goes at once. */
  abstract mended(integrationId: string): Promise<void>;
  /**
   * It is being deleted, or turned to another source, in this transaction: what it still owes will not go any more and
   * is counted `suppressed`.
   */
  abstract withdrawn(tx: Transaction, integrationId: string): Promise<void>;
  /**
   * It concerns other clusters from this transaction on, and its row says so already: what it owes of those that it leaves
   * is counted `suppressed`; of those that are new it is owed what comes in from now on.
   */
  abstract rescoped(tx: Transaction, integrationId: string): Promise<void>;
}
