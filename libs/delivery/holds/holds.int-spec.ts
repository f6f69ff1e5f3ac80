import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { newId } from '../../domain/index.js';
import { DeliveryEntity, HoldEndStore, HoldEntity, IntegrationEntity } from '../../persistence/index.js';
import { anIssueReport } from '../../testing/index.js';
import { DeliveryHarness } from '../testing/delivery-harness.js';

const TOKEN = 'xoxb-planted-token-abcd';
const HOUR_MS = 3_600_000;
const INTERVAL_MS = 5 * 60_000;

let harness: DeliveryHarness;
let channel: string;
let integrationId: string;
let keys = 0;

beforeAll(async () => {
  harness = await DeliveryHarness.start();
});
beforeEach(async () => {
  harness.slack.reset();
  harness.slack.workspace.addToken(TOKEN);
  keys += 1;
  channel = harness.slack.workspace.addChannel(`alerts-${keys}`).id;
  await harness.database.query(`UPDATE integrations SET status = 'deleted'`);
  await harness.database.query('UPDATE holds SET ended_at = now()');
  integrationId = await harness.addIntegration(TOKEN, `#alerts-${keys}`);
});
afterAll(() => harness.stop());

async function report(change: Parameters<typeof anIssueReport>[0] = {}): Promise<void> {
  const { projectId, clock } = harness;
  const event = anIssueReport({ key: `key-${keys}`, time: clock.now(), ...change });
  await harness.intake.run((scope) => scope.acceptIssue(projectId, event));
  await harness.work();
}
async function silence(matcher: object = {}, lengthMs = HOUR_MS): Promise<void> {
  const now = harness.clock.now();
  const silenced = { reason: 'New disks', author: 'ada@example.com', createdAt: now, updatedAt: now };
  await harness.database.repository(HoldEntity).insert({
    ...silenced,
    id: newId(),
    organizationId: newId(),
    projectId: harness.projectId,
    type: 'silence',
    matcher,
    fromAt: now,
    untilAt: new Date(now.getTime() + lengthMs),
  } as never);
}
async function filter(settings: object): Promise<void> {
  const { database, clock } = harness;
  const updatedAt = new Date(clock.now().getTime() + 1);
  await database.repository(IntegrationEntity).update({ id: integrationId }, { settings, updatedAt });
  await database.transaction((tx) => new HoldEndStore().lookAgainAtFiltered(tx, integrationId, clock.now()));
  await harness.work();
}
const colors = (): (string | undefined)[] =>
  harness.slack.workspace
    .visibleMessages(channel)
    .map(({ revisions }) => revisions.at(-1)?.attachments[0]?.color);
const revisions = (): number => harness.slack.workspace.visibleMessages(channel)[0]?.revisions.length ?? 0;
const delivery = (): Promise<DeliveryEntity> => harness.delivery(integrationId);
const ledger = async () => {
  const { accepted, delivered, coalesced, suppressed, balanced } = await harness.ledgers.of(
    harness.projectId,
    integrationId,
  );
  return { accepted, delivered, coalesced, suppressed, balanced };
};

describe('a filter', () => {
  it('keeps what does not fit from being shown, until it is changed and lets it through', async () => {
    await filter({ filter: { minimumSeverity: 'critical' } });
    await report();
    await report();
    expect([colors(), await delivery()]).toEqual([
      [],
      expect.objectContaining({ heldBy: 'filter', dueAt: null }),
    ]);
    expect(await ledger()).toMatchObject({ accepted: 2, suppressed: 2, balanced: true });
    await filter({});
    expect(colors()).toHaveLength(1);
    expect(await ledger()).toMatchObject({ accepted: 2, delivered: 1, suppressed: 1, balanced: true });
  });

  it('lets an issue through as soon as it fits, and keeps true what is shown', async () => {
    await filter({ filter: { minimumSeverity: 'critical' } });
    await report();
    await report({ severity: 'critical' });
    expect(colors()).toHaveLength(1);
    await report({ severity: 'warning' });
    expect(revisions()).toBe(2);
    await report({ event: 'closed' });
    expect(revisions()).toBe(3);
    expect((await ledger()).balanced).toBe(true);
  });
});

describe('a silence', () => {
  it('keeps an issue back, shows it when it is over, and the ledger balances all the way', async () => {
    await silence();
    await report({ severity: 'critical' });
    expect(colors()).toEqual([]);
    expect(await ledger()).toMatchObject({ accepted: 1, suppressed: 1, balanced: true });
    await harness.later(HOUR_MS);
    expect(colors()).toHaveLength(1);
    expect(await ledger()).toMatchObject({ accepted: 1, delivered: 1, suppressed: 0, balanced: true });
  });

  it('never shows what was closed while it lasted', async () => {
    await silence();
    await report();
    await report({ event: 'closed' });
    await harness.later(2 * HOUR_MS);
    expect(colors()).toEqual([]);
    expect(await ledger()).toMatchObject({ accepted: 2, suppressed: 2, balanced: true });
  });

  it('keeps a message that is shown quiet, but lets its close through', async () => {
    await report();
    await silence();
    await report({ severity: 'critical' });
    await harness.later(2 * INTERVAL_MS);
    expect(revisions()).toBe(1);
    await report({ event: 'closed', severity: 'critical' });
    expect(revisions()).toBe(2);
    expect(await ledger()).toMatchObject({ accepted: 3, delivered: 2, balanced: true });
  });

  it('of another kind, or for another integration, keeps nothing back', async () => {
    await silence({ kinds: ['core-load'] });
    await silence({ integrationIds: [newId()] });
    await report();
    expect(colors()).toHaveLength(1);
  });

  it('keeps notifications back, but no notice of the hub, and none at all when it names kinds', async () => {
    await harness.database.query(`UPDATE integrations SET source = 'notifications' WHERE id = $1`, [
      integrationId,
    ]);
    const notify = async (isNotice: boolean) => {
      const content = {
        clusterId: null,
        severity: 'critical',
        title: 'News',
        message: 'News',
        isNotice,
      } as const;
      const { projectId } = harness;
      await harness.intake.run((scope) => scope.acceptNotification({ ...content, projectId }));
      await harness.work();
      return harness.slack.workspace.visibleMessages(channel).length;
    };
    await silence({ kinds: ['disk-usage'] });
    expect(await notify(false)).toBe(1);
    await silence();
    expect(await notify(false)).toBe(1);
    expect(await notify(true)).toBe(2);
    await filter({ filter: { clusterIds: [newId()] } });
    expect(await notify(true)).toBe(2);
    expect(await ledger()).toMatchObject({ accepted: 4, delivered: 2, suppressed: 2, balanced: true });
  });

  it('of everything does not hide that an integration fails', async () => {
    await harness.addIntegration('xoxb-revoked-token-1234', `#alerts-${keys}`);
    await harness.database.query(`UPDATE integrations SET source = 'notifications' WHERE id = $1`, [
      integrationId,
    ]);
    await silence({ integrationIds: [integrationId] });
    await report();
    await harness.work();
    const shown = harness.slack.workspace.visibleMessages(channel);
    expect(shown).toHaveLength(1);
    expect(JSON.stringify(shown)).toContain('Integration failing');
  });

  it('goes on holding what a shorter one held', async () => {
    await silence({}, HOUR_MS);
    await silence({}, 3 * HOUR_MS);
    await report();
    await harness.later(2 * HOUR_MS);
    expect(colors()).toEqual([]);
    await harness.later(HOUR_MS);
    expect(colors()).toHaveLength(1);
  });
});
