import { afterAll, beforeAll, beforeEach, expect, describe, it } from 'vitest';
import type { IssueEventType } from '../../domain/index.js';
import { anIssueReport } from '../../testing/index.js';
import { DeliveryHarness } from '../testing/delivery-harness.js';

const KEY = 'opsgenie-key-of-probes';
const MINUTE_MS = 60_000;

describe('a failing integration whose key is good again, with nobody there to say so', () => {
  let harness: DeliveryHarness;
  let id: string;
  let serial = 0;

  beforeAll(async () => {
    harness = await DeliveryHarness.start();
  });
  afterAll(() => harness.stop());
  beforeEach(async () => {
    serial += 1;
    await harness.database.query(`UPDATE integrations SET status = 'deleted'`);
    harness.opsGenie.reset();
    harness.opsGenie.addKey(KEY, { enabled: false });
    id = await harness.addOpsGenie(KEY);
  });

  const report = (n: number, event: IssueEventType = 'open'): Promise<unknown> => {
    const content = anIssueReport({ key: `probe:${serial}:${n}`, event, time: harness.clock.now() });
    return harness.intake.run((scope) => scope.acceptIssue(harness.projectId, content));
  };
  async function minutesUntilWell(): Promise<number> {
    let minutes = 0;
    for (; (await harness.integration(id)).health === 'failing'; minutes += 1) {
      if (minutes > 60) throw new Error('It was not tried within an hour');
      await harness.later(MINUTE_MS);
    }
    return minutes;
  }

  it('is mended by the verdict on its first probe, and sends everything', async () => {
    for (let n = 0; n < 6; n += 1) await report(n);
    await harness.work();
    expect(await harness.integration(id)).toMatchObject({ health: 'failing' });
    harness.opsGenie.addKey(KEY);
    expect(await minutesUntilWell()).toBeLessThanOrEqual(3);
    await harness.later(MINUTE_MS);
    expect(harness.opsGenie.alerts).toHaveLength(6);
  });

  it('does not waste its probes on what was over before it could be shown', async () => {
    for (let n = 0; n < 12; n += 1) await report(n);
    await harness.work();
    for (let n = 0; n < 11; n += 1) await report(n, 'closed');
    await harness.work();
    harness.opsGenie.addKey(KEY);
    expect(await minutesUntilWell()).toBeLessThanOrEqual(3);
    await harness.later(MINUTE_MS);
    expect(harness.opsGenie.alerts.filter(({ status }) => status === 'open')).toHaveLength(1);
  });
});
