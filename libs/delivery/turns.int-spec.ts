import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { anIssueReport } from '../testing/index.js';
import { DeliveryHarness } from './testing/delivery-harness.js';

const KEY = 'key-1';
const sink = 'opsGenie';

describe('turns at an integration with a long backlog', () => {
  let harness: DeliveryHarness;
  let integrationId: string;
  let serial = 0;

  beforeAll(async () => {
    harness = await DeliveryHarness.start();
  });
  afterAll(() => harness.stop());
  beforeEach(async () => {
    serial += 1;
    await harness.database.query(`UPDATE integrations SET status = 'deleted'`);
    harness.opsGenie.reset();
    harness.opsGenie.addKey(KEY);
    integrationId = await harness.addOpsGenie(KEY);
  });

  async function owe(count: number): Promise<string[]> {
    for (let n = 0; n < count; n += 1) {
      const content = anIssueReport({ key: `turns:${serial}:${n}` });
      await harness.intake.run((scope) => scope.acceptIssue(harness.projectId, content));
    }
    const now = harness.clock.now();
    return (await harness.backlog.dueOf(harness.database, integrationId, now, count)).map(({ id }) => id);
  }
  const creates = () => harness.opsGenie.calls.filter(({ operation }) => operation === 'create').length;

  it('serves everybody who was turned away, each once', async () => {
    const { turns } = harness.createPipeline({ callsPerIntegration: 2 });
    const ids = await owe(20);
    await Promise.all(ids.map((deliveryId) => turns.run({ deliveryId, integrationId, sink })));
    expect(creates()).toBe(20);
    expect(harness.opsGenie.alerts).toHaveLength(20);
  });

  it('goes on with what is due and was never woken', async () => {
    const { turns } = harness.createPipeline({ callsPerIntegration: 1 });
    const [first, second] = await owe(100);
    await Promise.all([first, second].map((id) => turns.run({ deliveryId: id!, integrationId, sink })));
    for (let round = 0; round < 20 && creates() < 100; round += 1) {
      const now = harness.clock.now();
      const due = await harness.backlog.dueOf(harness.database, integrationId, now, 2);
      await Promise.all(due.map(({ id }) => turns.run({ deliveryId: id, integrationId, sink })));
    }
    expect(creates()).toBe(100);
  });

  it('goes on where nothing is called, too', async () => {
    const { turns } = harness.createPipeline({ callsPerIntegration: 1 });
    const settings = JSON.stringify({ filter: { minimumSeverity: 'critical' } });
    const change = `UPDATE integrations SET settings = $2 WHERE id = $1`;
    await harness.database.query(change, [integrationId, settings]);
    const due = (await owe(40)).slice(0, 2).map((deliveryId) => ({ deliveryId, integrationId, sink }));
    await Promise.all(due.map((one) => turns.run(one)));
    expect([
      await harness.backlog.dueOf(harness.database, integrationId, harness.clock.now(), 1),
      creates(),
    ]).toEqual([[], 0]);
  });

  it('keeps the place of nobody whose work has failed', async () => {
    const { turns, worker } = harness.createPipeline({ callsPerIntegration: 1 });
    const ids = await owe(3);
    const broken = worker as unknown as { claim?: unknown };
    broken.claim = () => Promise.reject(new Error('as scripted'));
    await expect(turns.run({ deliveryId: ids[0]!, integrationId, sink })).rejects.toThrow('as scripted');
    delete broken.claim;
    await Promise.all(ids.map((deliveryId) => turns.run({ deliveryId, integrationId, sink })));
    expect(creates()).toBe(3);
  });
});
