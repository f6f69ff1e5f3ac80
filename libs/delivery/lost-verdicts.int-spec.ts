import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { anIssueReport } from '../testing/index.js';
import { DeliveryHarness } from './testing/delivery-harness.js';

const KEY = 'planted-0123-4567-89ab-cdefgenie';
const MINUTE_MS = 60_000;

describe('alerts of which nobody says what became of them', () => {
  let harness: DeliveryHarness;
  let id: string;
  let serial = 0;

  const report = async (event: 'open' | 'closed'): Promise<void> => {
    const content = anIssueReport({ key: `lost:${serial}`, event, time: harness.clock.now() });
    await harness.intake.run((scope) => scope.acceptIssue(harness.projectId, content));
    await harness.work();
  };
  const minutes = async (count: number): Promise<void> => {
    for (let passed = 0; passed < count; passed += 1) await harness.later(MINUTE_MS);
  };
  const statuses = () => harness.opsGenie.alerts.map(({ status }) => status);
  const ledger = () => harness.ledgers.of(harness.projectId, id);

  beforeAll(async () => {
    harness = await DeliveryHarness.start();
  });
  afterAll(() => harness.stop());
  beforeEach(async () => {
    serial += 1;
    await harness.database.query(`UPDATE integrations SET status = 'deleted'`);
    harness.opsGenie.reset();
    harness.opsGenie.addKey(KEY);
    id = await harness.addOpsGenie(KEY);
  });

  it.each([
    ['a gateway knows no such address', { kind: 'html', status: 404 }],
    ['the service is down', { kind: 'answer', status: 503 }],
    ['the answer says nothing', { kind: 'answer', status: 200, body: { data: {}, requestId: 'r' } }],
  ] as const)('are closed soon where %s when the verdict is asked for', async (_why, fault) => {
    harness.opsGenie.faults.next('request-status', fault, 10_000);
    await report('open');
    await minutes(1);
    await report('closed');
    await minutes(40);
    expect(statuses()).toEqual(['closed']);
    expect(await ledger()).toMatchObject({
      balanced: true,
      inFlight: 0,
      parked: 0,
      expired: 0,
      delivered: 1,
    });
  });

  it('are closed once more when the close was refused, and then delivered', async () => {
    await report('open');
    await minutes(1);
    harness.opsGenie.account.failNext('close', 'Internal error, try again');
    await report('closed');
    await harness.later(5_000);
    expect(statuses()).toEqual(['open']);
    expect(await ledger()).toMatchObject({ rejected: 1, inFlight: 0 });
    await minutes(3);
    expect(statuses()).toEqual(['closed']);
    expect(await ledger()).toMatchObject({ balanced: true, rejected: 0, delivered: 2, inFlight: 0 });
  });
});
