import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { shownBy, type SlackMessage } from '../../../apps/sandbox/slack/index.js';
import type { IssueReport } from '../../domain/index.js';
import { silentLogger } from '../../observability/index.js';
import { DeliveryEntity, HistoryStore } from '../../persistence/index.js';
import { anIssueReport } from '../../testing/index.js';
import { Housekeeping } from '../housekeeping.js';
import { DeliveryHarness } from '../testing/delivery-harness.js';

const TOKEN = 'xoxb-test-1';
const GREEN = '#12a150';
const textOf = (message: SlackMessage): string => JSON.stringify(shownBy(message));
const isSummary = (message: SlackMessage): boolean => textOf(message).includes('opened at once');

describe('storms on PostgreSQL at Slack', () => {
  let harness: DeliveryHarness;
  let integrationId: string;
  let serial = 0;
  let channel: string;

  beforeAll(async () => {
    harness = await DeliveryHarness.start();
  });
  afterAll(() => harness.stop());
  beforeEach(async () => {
    serial += 1;
    channel = `storm-${serial}`;
    harness.slack.workspace.addToken(TOKEN);
    harness.slack.workspace.addChannel(channel);
    integrationId = await harness.addIntegration(TOKEN, `#${channel}`, { settings: { stormThreshold: 3 } });
    harness.clock.advance(120_000);
  });
  afterEach(async () => {
    const ledger = await harness.ledgers.of(harness.projectId, integrationId);
    expect(ledger.balanced, JSON.stringify(ledger)).toBe(true);
    await harness.database.query(`UPDATE integrations SET status = 'deleted'`);
    harness.slack.reset();
  });

  async function accept(n: number, overrides: Partial<IssueReport> = {}): Promise<void> {
    const time = harness.clock.now();
    const content = anIssueReport({ key: `${channel}:${n}`, time, ...overrides });
    await harness.intake.run((scope) => scope.acceptIssue(harness.projectId, content));
  }
  async function report(n: number, overrides: Partial<IssueReport> = {}): Promise<void> {
    await accept(n, overrides);
    await harness.work();
  }
  async function flood(from: number, to: number, overrides: Partial<IssueReport> = {}): Promise<void> {
    for (let n = from; n <= to; n += 1) await accept(n, overrides);
    await harness.work();
  }
  const messages = (): readonly SlackMessage[] => harness.slack.workspace.visibleMessages(channel);
  const summaries = (): readonly SlackMessage[] => messages().filter(isSummary);
  const ledger = () => harness.ledgers.of(harness.projectId, integrationId);
  const storm = () =>
    harness.database.repository(DeliveryEntity).findOneByOrFail({ integrationId, subjectType: 'storm' });

  it('shows more than the threshold within a minute in one message, and counts each as delivered', async () => {
    await flood(1, 10);
    expect(messages()).toHaveLength(1);
    await harness.later(5_000);
    expect(textOf(summaries()[0]!)).toContain('10 issues opened at once');
    expect(textOf(summaries()[0]!)).toContain(`/projects/${harness.projectId}/issues?status=open`);
    expect(await ledger()).toMatchObject({ accepted: 10, delivered: 10, inFlight: 0 });
  });

  it('leaves as many as the threshold allows their own messages', async () => {
    for (let n = 1; n <= 3; n += 1) await report(n);
    expect(messages()).toHaveLength(3);
    await report(4);
    await report(5);
    expect(messages()).toHaveLength(4);
    expect(summaries()).toHaveLength(1);
    await report(1, { event: 'closed' });
    expect(messages().filter((message) => textOf(message).includes(GREEN))).toHaveLength(1);
  });

  it('updates the summary at most every five seconds, and at the end makes it green', async () => {
    await flood(1, 6);
    const revisions = () => summaries()[0]!.revisions.length;
    const before = revisions();
    await report(7);
    await report(8);
    expect(revisions()).toBe(before);
    await harness.later(5_000);
    expect(revisions()).toBe(before + 1);
    await flood(1, 7, { event: 'closed' });
    await report(8, { event: 'closed' });
    expect(textOf(summaries()[0]!)).toContain(GREEN);
    await harness.later(5_000);
    expect(await ledger()).toMatchObject({ accepted: 16, inFlight: 0, rejected: 0 });
    expect(await harness.integration(integrationId)).toMatchObject({ stormId: null, stormUntil: null });
    expect(messages()).toHaveLength(1);
  });

  it('counts what came in for an issue between two summaries as coalesced', async () => {
    await flood(1, 5);
    await harness.later(5_000);
    await report(1, { message: 'Disk usage is 86 %' });
    await report(1, { message: 'Disk usage is 87 %' });
    await report(1, { message: 'Disk usage is 88 %' });
    expect(await ledger()).toMatchObject({ accepted: 8, delivered: 6, inFlight: 2 });
    await harness.later(5_000);
    expect(await ledger()).toMatchObject({ accepted: 8, delivered: 7, coalesced: 1, inFlight: 0 });
  });

  it('gives a critical issue a message of its own, also one that becomes critical later', async () => {
    await flood(1, 6);
    await report(7, { severity: 'critical' });
    expect(messages()).toHaveLength(2);
    await report(2, { severity: 'critical' });
    expect(messages()).toHaveLength(3);
    await harness.later(5_000);
    expect(textOf(summaries()[0]!)).toContain('5 issues opened at once');
    for (let n = 1; n <= 7; n += 1) await accept(n, { event: 'closed' });
    await harness.work();
    await harness.later(5_000);
    expect(messages().every((message) => textOf(message).includes(GREEN))).toBe(true);
    expect(await ledger()).toMatchObject({ accepted: 15, inFlight: 0 });
  });

  it('makes a new storm of a new flood, and single messages of what comes between', async () => {
    await flood(1, 5);
    await flood(1, 5, { event: 'closed' });
    await harness.later(120_000);
    await report(6);
    expect(messages()).toHaveLength(2);
    await harness.later(120_000);
    await flood(11, 15);
    expect(summaries()).toHaveLength(2);
  });

  it('is never summed up when the threshold is 0', async () => {
    await harness.database.query(`UPDATE integrations SET settings = '{"stormThreshold":0}' WHERE id = $1`, [
      integrationId,
    ]);
    await flood(1, 30);
    expect(messages()).toHaveLength(30);
  });

  it('counts as rejected what the summary could not show, and parks what it has to wait with', async () => {
    harness.slack.faults.next('chat.postMessage', { kind: 'error', code: 'invalid_blocks' }, 2);
    await flood(1, 5);
    expect(await ledger()).toMatchObject({ accepted: 5, rejected: 5 });
    await harness.later(120_000);
    harness.slack.workspace.revokeToken(TOKEN);
    await flood(11, 15);
    expect(await ledger()).toMatchObject({ accepted: 10, rejected: 5, parked: 5 });
    harness.slack.workspace.addToken(TOKEN);
    await harness.health.mended(integrationId);
    await harness.work();
    await harness.later(5_000);
    expect(await ledger()).toMatchObject({ accepted: 10, rejected: 5, delivered: 5, parked: 0, inFlight: 0 });
  });

  it('finds the summary again whose post got no answer', async () => {
    harness.slack.faults.next('chat.postMessage', { kind: 'drop', landed: true });
    await flood(1, 5);
    await harness.later(10_000);
    await harness.later(10_000);
    expect(messages()).toHaveLength(1);
    expect(await ledger()).toMatchObject({ accepted: 5, delivered: 5, inFlight: 0 });
  });

  it('survives two dispatchers that take in the same flood at once', async () => {
    for (let n = 1; n <= 20; n += 1) await accept(n);
    await Promise.all([harness.work(), harness.work(harness.createPipeline())]);
    await harness.work();
    await harness.later(5_000);
    expect(messages()).toHaveLength(1);
    expect(textOf(messages()[0]!)).toContain('20 issues opened at once');
    expect(await ledger()).toMatchObject({ accepted: 20, delivered: 20 });
  });

  it('ends with its integration', async () => {
    harness.slack.faults.next('chat.postMessage', { kind: 'rate-limit', retryAfter: 60 });
    await flood(1, 5);
    await harness.database.transaction(async (tx) => {
      await harness.health.withdrawn(tx, integrationId);
      await tx.query(`UPDATE integrations SET status = 'deleted' WHERE id = $1`, [integrationId]);
    });
    await harness.later(60_000);
    expect(messages()).toHaveLength(0);
    expect((await storm()).dueAt).toBeNull();
    expect(await ledger()).toMatchObject({ accepted: 5, suppressed: 5, inFlight: 0 });
  });

  it('is forgotten with its issues', async () => {
    await flood(1, 5);
    await flood(1, 5, { event: 'closed' });
    await harness.later(5_000);
    harness.clock.advance(31 * 86_400_000);
    const housekeeping = new Housekeeping(harness.database, new HistoryStore(), harness.clock, silentLogger);
    await housekeeping.run();
    expect(await harness.database.repository(DeliveryEntity).countBy({ integrationId })).toBe(0);
  });
});
