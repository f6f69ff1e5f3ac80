import type { Clock } from '../../domain/index.js';
import type { Logger, Metrics } from '../../observability/index.js';
import {
  LedgerAuditEntity,
  type Database,
  type LedgerAuditStore,
  type LedgerRecount,
  type LedgerStore,
  type LedgerToAudit,
} from '../../persistence/index.js';
import type { Intake, IntakeScope } from '../intake.js';
import { oneByOne } from '../one-by-one.js';
import { measureLedgers } from './ledger-gauges.js';

/** A ledger is recounted event by event again after so long, in milliseconds. */
const AUDIT_AGAIN_AFTER_MS = 10 * 60_000;
/** So many in one run, so that a run has an end. */
const BATCH = 50;

export interface LedgerAuditParts {
  readonly database: Database;
  readonly store: LedgerStore;
  readonly audits: LedgerAuditStore;
  readonly intake: Intake;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
}

/**
 * Recounts ledgers event by event, keeps what it found, and raises the alarm when one does not balance: once when that
 * begins, and once when it is over. Several dispatchers share the work: each ledger has one auditor at a time.
 */
export class LedgerAudit {
  constructor(private readonly parts: LedgerAuditParts) {}

  /** Audits those whose turn it is, then brings the metrics up to date. Resolves with how many were audited. */
  async run(): Promise<number> {
    const { database, store, audits, intake, clock, logger, metrics } = this.parts;
    const before = new Date(clock.now().getTime() - AUDIT_AGAIN_AFTER_MS);
    let audited = 0;
    const auditOne = async ({ integrationId }: LedgerToAudit): Promise<void> => {
      if (await intake.run((scope) => this.audit(scope, integrationId, before))) audited += 1;
    };
    const name = ({ integrationId }: LedgerToAudit) => ({ integrationId });
    await oneByOne(await audits.due(database, before, BATCH), auditOne, {
      logger,
      event: 'ledger.not.audited',
      name,
    });
    await audits.forgetDeleted(database);
    measureLedgers(metrics, await store.measure(database));
    return audited;
  }

  /** In one transaction with the notification: it is told once, whoever crashes when. */
  private async audit(scope: IntakeScope, integrationId: string, before: Date): Promise<boolean> {
    const { audits, store, clock } = this.parts;
    const due = await audits.take(scope.tx, integrationId, before);
    if (!due) return false;
    const found = await store.recount(scope.tx, integrationId);
    const balanced = found.unbalanced.length === 0;
    const row = Object.assign(new LedgerAuditEntity(), {
      integrationId,
      auditedAt: clock.now(),
      balanced,
      difference: found.accepted - found.accounted,
    });
    await audits.keep(scope.tx, row);
    if (!balanced) this.report(due, found);
    if (balanced !== due.wasBalanced) await this.tell(scope, due, found, balanced);
    return true;
  }

  private report({ integrationId, projectId }: LedgerToAudit, found: LedgerRecount): void {
    const { accepted, accounted, unbalanced } = found;
    this.parts.logger.error({
      event: 'ledger.unbalanced',
      integrationId,
      projectId,
      accepted,
      accounted,
      deliveries: unbalanced,
    });
  }

  private async tell(
    scope: IntakeScope,
    { projectId, description, integrationId }: LedgerToAudit,
    { accepted, accounted, unbalanced }: LedgerRecount,
    balanced: boolean,
  ): Promise<void> {
    const name = `"${description}" (${integrationId})`;
    await scope.acceptNotification({
      projectId,
      clusterId: null,
      isNotice: true,
      severity: balanced ? 'info' : 'critical',
      title: balanced ? 'Ledger balances again' : 'Ledger does not balance',
      message: balanced
        ? `The ledger of the integration ${name} balances again: ${accepted} units accepted, all accounted for.`
        : `The ledger of the integration ${name} does not balance: ${accepted} units accepted, ${accounted} accounted ` +
          `for. Look at the deliveries ${unbalanced.join(', ')}; something may not have been sent.`,
    });
  }
}
