import type { Metrics } from '../../observability/index.js';
import type { MeasuredLedger } from '../../persistence/index.js';

/** Each end of a unit, as the metric names it. */
const ENDS = {
  accepted: 'accepted',
  delivered: 'delivered',
  coalesced: 'coalesced',
  rejected: 'rejected',
  suppressed: 'suppressed',
  expired: 'expired',
  parked: 'parked',
  in_flight: 'inFlight',
} as const satisfies Record<string, keyof MeasuredLedger>;

/** Shows these ledgers, and none of those that were shown before and are not among them. */
export function measureLedgers(metrics: Metrics, ledgers: readonly MeasuredLedger[]): void {
  metrics.ledgerUnits.reset();
  metrics.ledgerBalanced.reset();
  for (const ledger of ledgers) {
    const { integrationId: integration, sink, source, balanced } = ledger;
    for (const [end, member] of Object.entries(ENDS)) {
      metrics.ledgerUnits.set({ integration, sink, source, end }, ledger[member]);
    }
    if (balanced !== null) metrics.ledgerBalanced.set({ integration }, balanced ? 1 : 0);
  }
}
