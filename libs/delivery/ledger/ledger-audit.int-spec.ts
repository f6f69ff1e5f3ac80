import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Metrics, type Logger } from '../../observability/index.js';
import { LedgerAuditStore, LedgerStore } from '../../persistence/index.js';
import { anIssueReport } from '../../testing/index.js';
import { DeliveryHarness } from '../testing/delivery-harness.js';
import { LedgerAudit } from './ledger-audit.js';

const TOKEN = 'xoxb-test-1';
const TEN_MINUTES_MS = 600_000;

describe('the audit of ledgers', () => {
  let harness: DeliveryHarness;
  let integrationId: string;
  const logged: Record<string, unknown>[] = [];
  const metrics = new Metrics();
  let audit: LedgerAudit;

  beforeAll(async () => {
    harness = await DeliveryHarness.start();
    audit = createAudit();
    harness.slack.workspace.addToken(TOKEN);
    harness.slack.workspace.addChannel('alerts');
    integrationId = await harness.addIntegration(TOKEN, '#alerts');
    for (const event of ['open', 'open', 'closed'] as const) {
      await harness.intake.run((scope) => scope.acceptIssue(harness.projectId, anIssueReport({ event })));
    }
    await harness.work();
  });
  afterAll(() => harness.stop());

  function createAudit(): LedgerAudit {
    const { database, intake, clock } = harness;
    const logger = { error: (line: Record<string, unknown>) => logged.push(line) } as unknown as Logger;
    const [store, audits] = [new LedgerStore(), new LedgerAuditStore()];
    return new LedgerAudit({ database, store, audits, intake, clock, logger, metrics });
  }
  const ledger = () => harness.ledgers.of(harness.projectId, integrationId);
  const told = () =>
    harness.database.query<{ severity: string; title: string }>(
      'SELECT severity, title FROM notifications ORDER BY accepted_at',
    );
  const gauge = async (name: string) => (await metrics.registry.getSingleMetric(name)!.get()).values;
  const tamper = (units: number) =>
    harness.database.query('UPDATE deliveries SET delivered = delivered + $2 WHERE integration_id = $1', [
      integrationId,
      units,
    ]);

  it('is kept with its time, and shows the ledger as metrics', async () => {
    expect((await ledger()).audited).toBeNull();
    expect(await audit.run()).toBe(1);
    expect(await ledger()).toMatchObject({
      accepted: 3,
      balanced: true,
      sources: { issues: { accepted: 3, balanced: true }, notifications: { accepted: 0, balanced: true } },
      audited: { at: harness.clock.now().toISOString(), balanced: true },
    });
    const units = await gauge('spillway_ledger_units');
    const labels = { integration: integrationId, sink: 'slack', source: 'issues', end: 'accepted' };
    expect(units).toContainEqual({ labels, value: 3 });
    expect(await audit.run()).toBe(0);
    expect(await gauge('spillway_ledger_balanced')).toEqual([
      { labels: { integration: integrationId }, value: 1 },
    ]);
  });

  it('finds one that does not balance, and tells the project once', async () => {
    await tamper(1);
    expect(await ledger()).toMatchObject({ balanced: false, sources: { issues: { balanced: false } } });
    harness.clock.advance(TEN_MINUTES_MS);
    await Promise.all([audit.run(), createAudit().run()]);
    const { id } = await harness.delivery(integrationId);
    expect(logged).toMatchObject([
      { event: 'ledger.unbalanced', integrationId, accepted: 3, accounted: 4, deliveries: [id] },
    ]);
    expect((await ledger()).audited).toMatchObject({ balanced: false });
    harness.clock.advance(TEN_MINUTES_MS);
    await audit.run();
    expect(logged).toHaveLength(2);
    expect(await told()).toEqual([{ severity: 'critical', title: 'Ledger does not balance' }]);
    expect(await gauge('spillway_ledger_balanced')).toMatchObject([{ value: 0 }]);
  });

  it('finds two faults that cancel each other out', async () => {
    await tamper(-1);
    for (const key of ['a', 'b']) {
      await harness.intake.run((scope) => scope.acceptIssue(harness.projectId, anIssueReport({ key })));
    }
    await harness.work();
    await harness.database.query(
      `UPDATE deliveries SET delivered = 2 - 2 * (subject_id = (SELECT id FROM issues WHERE key = 'b'))::int
       WHERE subject_id IN (SELECT id FROM issues WHERE key IN ('a', 'b'))`,
    );
    expect((await ledger()).balanced).toBe(true);
    harness.clock.advance(TEN_MINUTES_MS);
    await audit.run();
    expect((await ledger()).audited?.balanced).toBe(false);
    await harness.database.query(
      `UPDATE deliveries SET delivered = 1 WHERE subject_id IN (SELECT id FROM issues WHERE key IN ('a', 'b'))`,
    );
  });

  it('says so once when it balances again', async () => {
    for (let round = 0; round < 2; round += 1) {
      harness.clock.advance(TEN_MINUTES_MS);
      await audit.run();
    }
    expect((await told()).at(-1)).toEqual({ severity: 'info', title: 'Ledger balances again' });
    expect(await told()).toHaveLength(2);
  });

  it('counts members of a storm as parked when its summary is', async () => {
    await harness.intake.run((scope) =>
      scope.acceptIssue(harness.projectId, anIssueReport({ key: 'storm' })),
    );
    await harness.database.query(
      `INSERT INTO deliveries (id, integration_id, sink, subject_type, subject_id, first_seq, accepted_seq, settled_seq,
                               parked, mirror, created_at, updated_at)
       VALUES ('storm', $1, 'slack', 'storm', 'storm', 1, 1, 0, true, '{}', now(), now())`,
      [integrationId],
    );
    await harness.database.query(
      `UPDATE deliveries SET storm_id = 'storm', due_at = NULL
       WHERE subject_id = (SELECT id FROM issues WHERE key = 'storm')`,
    );
    expect(await ledger()).toMatchObject({ accepted: 6, parked: 1, inFlight: 0, balanced: true });
  });

  it('shows nothing any more of an integration that was deleted', async () => {
    await harness.database.query(`UPDATE integrations SET status = 'deleted'`);
    await audit.run();
    expect(await gauge('spillway_ledger_units')).toEqual([]);
    expect(await gauge('spillway_ledger_balanced')).toEqual([]);
  });

  it('that fails for one integration goes on with the others, and with the metrics', async () => {
    const healthy = await harness.addIntegration(TOKEN, '#alerts');
    const broken = await harness.addIntegration(TOKEN, '#alerts', { id: '00000000000000000000' });
    await harness.intake.run((scope) =>
      scope.acceptIssue(harness.projectId, anIssueReport({ key: 'for-both' })),
    );
    class Stumbling extends LedgerStore {
      override recount(...args: Parameters<LedgerStore['recount']>) {
        return args[1] === broken ? Promise.reject(new Error('It cannot be read')) : super.recount(...args);
      }
    }
    const { database, intake, clock } = harness;
    const lines: Record<string, unknown>[] = [];
    const logger = { warn: (line: Record<string, unknown>) => lines.push(line) } as unknown as Logger;
    const audits = new LedgerAuditStore();
    const parts = { database, store: new Stumbling(), audits, intake, clock, logger, metrics };
    expect(await new LedgerAudit(parts).run()).toBe(1);
    expect(await audits.last(database, healthy)).toMatchObject({ balanced: true });
    expect(lines).toMatchObject([{ event: 'ledger.not.audited', integrationId: broken }]);
    expect(await gauge('spillway_ledger_balanced')).toContainEqual({
      labels: { integration: healthy },
      value: 1,
    });
  });
});
