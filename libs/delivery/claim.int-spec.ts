import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { SlackMessage } from '../../apps/sandbox/slack/index.js';
import { newId, type IssueReport } from '../domain/index.js';
import { AttemptEntity, HoldEntity } from '../persistence/index.js';
import { anIssueReport } from '../testing/index.js';
import { DeliveryHarness } from './testing/delivery-harness.js';

const TOKEN = 'xoxb-test-1';
const KEY = 'key-1';
const PACED = { SPILLWAY_SLACK_POST_INTERVAL: 1_000, SPILLWAY_SLACK_UPDATES_PER_MINUTE: 40 };

describe('claims on PostgreSQL', () => {
  let harness: DeliveryHarness;
  let integrationId: string;
  let serial = 0;
  let key: string;
  let channel: string;

  beforeAll(async () => {
    harness = await DeliveryHarness.start();
  });
  afterAll(() => harness.stop());
  beforeEach(async () => {
    serial += 1;
    key = `disk-usage:${serial}`;
    channel = `claims-${serial}`;
    harness.slack.workspace.addToken(TOKEN);
    harness.slack.workspace.addChannel(channel);
    harness.opsGenie.addKey(KEY);
    harness.clock.advance(120_000);
  });
  afterEach(async () => {
    const ledger = await harness.ledgers.of(harness.projectId, integrationId);
    expect(ledger.balanced, JSON.stringify(ledger)).toBe(true);
    await harness.database.query(`UPDATE integrations SET status = 'deleted'`);
    await harness.database.query(`DELETE FROM holds`);
    harness.slack.reset();
    harness.opsGenie.reset();
  });

  async function accept(overrides: Partial<IssueReport> = {}): Promise<void> {
    const time = harness.clock.now();
    const content = anIssueReport({ key, time, ...overrides });
    await harness.intake.run((scope) => scope.acceptIssue(harness.projectId, content));
  }
  async function report(overrides: Partial<IssueReport> = {}): Promise<void> {
    await accept(overrides);
    await harness.work();
  }
  const messages = (): readonly SlackMessage[] => harness.slack.workspace.visibleMessages(channel);
  const ledger = () => harness.ledgers.of(harness.projectId, integrationId);
  const actions = async (): Promise<string[]> => {
    const attempts = await harness.database
      .repository(AttemptEntity)
      .find({ where: { integrationId }, order: { startedAt: 'ASC', id: 'ASC' } });
    return attempts.map(({ action, code }) => (code ? `${action}:${code}` : action));
  };

  describe('at Slack', () => {
    beforeEach(async () => {
      integrationId = await harness.addIntegration(TOKEN, `#${channel}`);
    });

    async function hold(overrides: Partial<HoldEntity>): Promise<string> {
      const now = harness.clock.now();
      const id = newId();
      await harness.database.repository(HoldEntity).insert({
        id,
        organizationId: newId(),
        projectId: harness.projectId,
        type: 'silence',
        reason: 'Disks are being changed',
        matcher: { kinds: ['disk-usage'] },
        fromAt: now,
        untilAt: new Date(now.getTime() + 3_600_000),
        author: 'ada@example.com',
        createdAt: now,
        updatedAt: now,
        ...overrides,
      } as never);
      return id;
    }

    it('looks again when an event comes in between looking and writing', async () => {
      const pipeline = harness.createPipeline();
      const { parts } = pipeline.worker as unknown as {
        parts: { deliveries: { begin?: (...given: unknown[]) => Promise<boolean> } };
      };
      const { begin } = parts.deliveries;
      let races = 0;
      parts.deliveries.begin = async (...given) => {
        races += 1;
        if (races <= 2) await accept({ severity: races === 1 ? 'critical' : 'warning' });
        return begin!.apply(parts.deliveries, given);
      };
      await accept();
      await pipeline.worker.run((await harness.delivery(integrationId)).id);
      expect(races).toBe(3);
      expect(messages()).toHaveLength(1);
      expect(await ledger()).toMatchObject({ accepted: 3, delivered: 1, coalesced: 2 });
    });

    it('makes what came in during a call due at once', async () => {
      harness.slack.faults.next('chat.postMessage', { kind: 'slow-headers', delayMs: 300, landed: true });
      await accept();
      const run = harness.pipeline.worker.run((await harness.delivery(integrationId)).id);
      await harness.slack.waitFor(() => messages().length === 1);
      await accept({ event: 'closed' });
      await run;
      await harness.work();
      expect(messages()[0]?.revisions).toHaveLength(2);
      expect(await ledger()).toMatchObject({ accepted: 2, delivered: 2 });
    });

    it('holds back what a silence matches, and shows it afterwards if it is open still', async () => {
      const id = await hold({});
      await report();
      await report({ key: `${key}:closed` });
      await report({ key: `${key}:closed`, event: 'closed' });
      await report({ key: `${key}:other`, kind: 'core-load' });
      expect(messages()).toHaveLength(1);
      expect(await ledger()).toMatchObject({ accepted: 4, suppressed: 3, delivered: 1 });
      await harness.later(3_600_000);
      await harness.database.query(`UPDATE holds SET ended_at = until_at WHERE id = $1`, [id]);
      expect(messages()).toHaveLength(2);
      expect(await ledger()).toMatchObject({ accepted: 4, suppressed: 2, delivered: 2 });
    });

    it('closes what is shown also during a silence', async () => {
      await report();
      await hold({});
      await report({ severity: 'critical' });
      expect(messages()[0]?.revisions).toHaveLength(1);
      await report({ event: 'closed' });
      expect(messages()[0]?.revisions).toHaveLength(2);
    });

    it('lets a drill through a silence and the filter', async () => {
      await hold({});
      const settings = JSON.stringify({ filter: { minimumSeverity: 'critical' } });
      await harness.database.query(`UPDATE integrations SET settings = $2 WHERE id = $1`, [
        integrationId,
        settings,
      ]);
      await report();
      expect(messages()).toHaveLength(0);
      await report({ key: `${key}:drill`, kind: 'fire-drill', drillOf: integrationId });
      expect(messages()).toHaveLength(1);
    });

    it('posts never twice within the interval, however many dispatchers there are', async () => {
      const pipelines = [harness.createPipeline({}, PACED), harness.createPipeline({}, PACED)];
      const posts = () => harness.slack.requests.filter(({ method }) => method === 'chat.postMessage').length;
      for (let n = 0; n < 6; n += 1) await accept({ key: `${key}:${n}` });
      const postedAt: number[] = [];
      for (let ms = 0; ms <= 20_000; ms += 500) {
        await Promise.all(pipelines.map((pipeline) => harness.work(pipeline)));
        while (postedAt.length < posts()) postedAt.push(ms);
        harness.clock.advance(500);
      }
      expect(postedAt).toHaveLength(6);
      const gaps = postedAt.slice(1).map((ms, index) => ms - postedAt[index]!);
      expect(Math.min(...gaps)).toBeGreaterThanOrEqual(1_000);
    });

    it('does not catch up on places that were missed', async () => {
      const pipeline = harness.createPipeline({}, PACED);
      for (let n = 0; n < 4; n += 1) await accept({ key: `${key}:${n}` });
      await harness.work(pipeline);
      harness.clock.advance(60_000);
      await harness.work(pipeline);
      expect(messages()).toHaveLength(2);
      harness.clock.advance(2_000);
      await harness.work(pipeline);
      harness.clock.advance(2_000);
      await harness.work(pipeline);
      expect(messages()).toHaveLength(4);
    });
  });

  describe('at OpsGenie', () => {
    beforeEach(async () => {
      integrationId = await harness.addOpsGenie(KEY);
    });
    const alerts = () => harness.opsGenie.alerts;

    it('sends nothing before the verdict is in, and then at once what came meanwhile', async () => {
      harness.opsGenie.account.processing.hold();
      await report();
      await report({ event: 'closed' });
      await harness.later(1_000);
      expect(await actions()).toEqual(['open:accepted', 'confirm:accepted']);
      harness.opsGenie.account.processing.release();
      await harness.later(2_000);
      const expected = ['open:accepted', 'confirm:accepted', 'confirm', 'close:accepted'];
      expect((await actions()).toSorted()).toEqual(expected.toSorted());
      await harness.later(1_000);
      expect(alerts().map(({ status }) => status)).toEqual(['closed']);
      expect(await ledger()).toMatchObject({ accepted: 2, delivered: 2, inFlight: 0 });
    });

    it('notes a later event when its interval is over, also when it came before the verdict', async () => {
      harness.opsGenie.account.processing.hold();
      await report();
      await report({ message: 'Disk usage is 86 %' });
      harness.opsGenie.account.processing.release();
      await harness.later(1_000);
      expect(await actions()).toEqual(['open:accepted', 'confirm']);
      await harness.later(300_000);
      await harness.later(1_000);
      expect(alerts()[0]?.notes).toHaveLength(1);
      expect(await ledger()).toMatchObject({ accepted: 2, delivered: 2 });
    });

    it('closes again what was opened behind our back, and says so', async () => {
      await report();
      await harness.later(1_000);
      await report({ event: 'closed' });
      await harness.later(1_000);
      expect(await actions()).toContain('verify');
      harness.opsGenie.account.openByHand(alerts()[0]!.alias);
      await harness.later(600_000);
      expect((await actions()).slice(-2).toSorted()).toEqual(['close:accepted', 'verify:reopened']);
      await harness.later(1_000);
      expect(alerts().every(({ status }) => status === 'closed')).toBe(true);
      expect(await ledger()).toMatchObject({ accepted: 2, delivered: 2, inFlight: 0 });
    });

    it('never pages for an issue that is closed before it could be shown', async () => {
      harness.opsGenie.faults.next('create', {
        kind: 'answer',
        status: 429,
        headers: { 'retry-after': '30' },
        body: { requestId: 'r-1', message: 'Too many requests' },
      });
      await report();
      await report({ event: 'closed' });
      await harness.later(60_000);
      expect(alerts()).toHaveLength(0);
      expect(await ledger()).toMatchObject({ accepted: 2, expired: 2 });
    });
  });
});
