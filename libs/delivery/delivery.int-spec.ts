import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { shownBy, type SlackMessage } from '../../apps/sandbox/slack/index.js';
import type { IssueReport } from '../domain/index.js';
import { silentLogger } from '../observability/index.js';
import { AttemptEntity, HistoryStore } from '../persistence/index.js';
import { anIssueReport, aNotification } from '../testing/index.js';
import { Housekeeping } from './housekeeping.js';
import { DeliveryHarness } from './testing/delivery-harness.js';

const TOKEN = 'xoxb-test-1';
const colorOf = (message: SlackMessage | undefined): string | undefined =>
  message && shownBy(message).attachments[0]?.color;

describe('delivery on PostgreSQL to Slack', () => {
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
    channel = `alerts-${serial}`;
    harness.slack.workspace.addToken(TOKEN);
    harness.slack.workspace.addChannel(channel);
    integrationId = await harness.addIntegration(TOKEN, `#${channel}`);
  });
  afterEach(async () => {
    const ledger = await harness.ledgers.of(harness.projectId, integrationId);
    expect(ledger.balanced, JSON.stringify(ledger)).toBe(true);
    await harness.database.query(`UPDATE integrations SET status = 'deleted'`);
    harness.slack.reset();
  });

  async function report(overrides: Partial<IssueReport> = {}): Promise<void> {
    const time = harness.clock.now();
    await harness.intake.run((scope) =>
      scope.acceptIssue(harness.projectId, anIssueReport({ key, time, ...overrides })),
    );
    await harness.work();
  }
  const messages = (): readonly SlackMessage[] => harness.slack.workspace.visibleMessages(channel);
  const ledger = () => harness.ledgers.of(harness.projectId, integrationId);

  it('turns one message from red to green, and updates it at most every five minutes', async () => {
    await report();
    const [message] = messages();
    const red = colorOf(message);
    await report({ message: 'Disk usage is 86 %' });
    await report({ message: 'Disk usage is 87 %' });
    expect(messages()[0]?.revisions).toHaveLength(1);
    await harness.later(299_999);
    expect(messages()[0]?.revisions).toHaveLength(1);
    await harness.later(1);
    expect(messages()[0]?.revisions).toHaveLength(2);
    expect(JSON.stringify(shownBy(messages()[0]!))).toContain('87 %');
    await report({ event: 'closed', message: 'Disk usage is 40 %' });
    expect(messages()).toHaveLength(1);
    expect(colorOf(messages()[0])).not.toBe(red);
    expect(await ledger()).toMatchObject({
      accepted: 4,
      delivered: 3,
      coalesced: 1,
      inFlight: 0,
      balanced: true,
    });
  });

  it('sends a change of severity at once', async () => {
    await report();
    await report({ severity: 'critical' });
    expect(messages()[0]?.revisions).toHaveLength(2);
  });

  it('posts one message for an issue that is closed before it could be shown', async () => {
    harness.slack.faults.next('chat.postMessage', { kind: 'rate-limit', retryAfter: 60 });
    await report();
    await report({ event: 'closed' });
    expect(messages()).toHaveLength(0);
    await harness.later(60_000);
    expect(messages()).toHaveLength(1);
    expect(await ledger()).toMatchObject({ accepted: 2, delivered: 1, coalesced: 1 });
  });

  it('waits as long as Slack says, and holds every other delivery of the integration back meanwhile', async () => {
    harness.slack.faults.next('chat.postMessage', { kind: 'rate-limit', retryAfter: 30 });
    await report();
    await report({ key: `${key}:other` });
    const posts = () => harness.slack.requests.filter(({ method }) => method === 'chat.postMessage');
    expect(posts()).toHaveLength(1);
    await harness.later(29_000);
    expect(posts()).toHaveLength(1);
    await harness.later(1_000);
    expect(messages()).toHaveLength(2);
  });

  it('posts afresh and goes on there when the message was deleted', async () => {
    await report();
    harness.slack.workspace.delete(messages()[0]!.channel, messages()[0]!.ts);
    await report({ severity: 'critical' });
    expect(messages()).toHaveLength(1);
    await report({ event: 'closed' });
    expect(messages()).toHaveLength(1);
    expect(messages()[0]?.revisions).toHaveLength(2);
  });

  it('finds a message again whose post got no answer', async () => {
    harness.slack.faults.next('chat.postMessage', { kind: 'drop', landed: true });
    await report();
    await harness.later(10_000);
    await report({ event: 'closed' });
    expect(messages()).toHaveLength(1);
    expect(messages()[0]?.revisions).toHaveLength(2);
    expect(JSON.stringify(messages()[0])).not.toContain('ossible duplicate');
  });

  it('posts a second time, marked, when it may not search', async () => {
    harness.slack.workspace.addToken(TOKEN, { scopes: ['chat:write', 'chat:write.public'] });
    harness.slack.faults.next('chat.postMessage', { kind: 'drop', landed: true });
    await report();
    await harness.later(10_000);
    expect(messages()).toHaveLength(2);
    const marked = messages().filter((message) =>
      JSON.stringify(shownBy(message)).includes('ossible duplicate'),
    );
    expect(marked).toHaveLength(1);
  });

  it('takes a worker that died after the post for a post without an answer', async () => {
    const dying = harness.createPipeline();
    // The process is gone between the call and its record: nothing is written, the lease runs out.
    const { worker } = dying as unknown as { worker: { record: () => Promise<null> } };
    worker.record = () => Promise.resolve(null);
    await harness.intake.run((scope) => scope.acceptIssue(harness.projectId, anIssueReport({ key })));
    const { id } = await harness.delivery(integrationId);
    await dying.worker.run(id);
    expect(messages()).toHaveLength(1);
    await harness.work();
    await harness.later(15_000);
    await report({ event: 'closed' });
    expect(messages()).toHaveLength(1);
    expect(messages()[0]?.revisions).toHaveLength(2);
  });

  it('parks the backlog when the token is revoked, and sends it when the integration is mended', async () => {
    harness.slack.workspace.revokeToken(TOKEN);
    await report();
    await report({ key: `${key}:other` });
    expect(await ledger()).toMatchObject({ accepted: 2, parked: 2, inFlight: 0 });
    expect(await harness.integration(integrationId)).toMatchObject({
      health: 'failing',
      healthCode: 'token_revoked',
    });
    harness.slack.workspace.addToken(TOKEN);
    await harness.health.mended(integrationId);
    await harness.work();
    expect(messages()).toHaveLength(2);
    expect(await harness.integration(integrationId)).toMatchObject({ health: 'healthy', healthReason: null });
  });

  it('probes a failing integration with one delivery, slowly, and lets all go when it works again', async () => {
    harness.slack.workspace.changeChannel(channel, { isArchived: true });
    await report();
    await report({ key: `${key}:other` });
    const posts = () => harness.slack.requests.filter(({ method }) => method === 'chat.postMessage').length;
    const before = posts();
    await harness.later(59_000);
    expect(posts()).toBe(before);
    await harness.later(2_000);
    expect(posts()).toBe(before + 1);
    harness.slack.workspace.changeChannel(channel, { isArchived: false });
    await harness.later(121_000);
    expect(messages()).toHaveLength(2);
    expect(await ledger()).toMatchObject({ delivered: 2, parked: 0 });
  });

  it('rejects what Slack refuses for good, and delivers what comes after', async () => {
    harness.slack.faults.next('chat.postMessage', { kind: 'error', code: 'invalid_blocks' }, 2);
    await report();
    expect(await ledger()).toMatchObject({ accepted: 1, rejected: 1 });
    const requests = harness.slack.requests.length;
    await report();
    await harness.later(299_999);
    expect(harness.slack.requests).toHaveLength(requests);
    await report({ severity: 'critical' });
    expect(messages()).toHaveLength(1);
  });

  it('gives up after a day of failures that may pass, and counts it', async () => {
    harness.slack.faults.next('chat.postMessage', { kind: 'rate-limit', retryAfter: 1 });
    await harness.slack.stop();
    await report();
    for (let hour = 0; hour < 25; hour += 1) await harness.later(3_600_000);
    expect(await ledger()).toMatchObject({ accepted: 1, expired: 1, inFlight: 0 });
    await harness.slack.start();
    harness.pipeline = harness.createPipeline();
  });

  it('gives what was parked for days another day when its integration is mended', async () => {
    harness.slack.workspace.revokeToken(TOKEN);
    await report();
    harness.slack.faults.next('chat.postMessage', { kind: 'http', status: 503 });
    await harness.later(3 * 86_400_000);
    expect(await ledger()).toMatchObject({ accepted: 1, parked: 1 });
    harness.slack.workspace.addToken(TOKEN);
    harness.slack.faults.next('chat.postMessage', { kind: 'http', status: 503 });
    await harness.health.mended(integrationId);
    await harness.work();
    await harness.later(60_000);
    expect(await ledger()).toMatchObject({ accepted: 1, delivered: 1, expired: 0 });
  });

  it('probes with another delivery when the last one failed for reasons of its own', async () => {
    harness.slack.workspace.revokeToken(TOKEN);
    await report();
    await report({ key: `${key}:other` });
    const probed = async () => (await harness.integration(integrationId)).probeDeliveryId;
    await harness.later(61_000);
    const first = await probed();
    await harness.later(181_000);
    expect(first).not.toBeNull();
    expect(await probed()).not.toBe(first);
  });

  it('puts off what cannot even be claimed, so that it does not come back with every sweep', async () => {
    await harness.intake.run((scope) => scope.acceptIssue(harness.projectId, anIssueReport({ key })));
    const { id, subjectId } = await harness.delivery(integrationId);
    await harness.database.query(`UPDATE issues SET id = $2 WHERE id = $1`, [subjectId, `${subjectId}x`]);
    await expect(harness.pipeline.worker.run(id)).rejects.toThrow('does not exist');
    const { dueAt } = await harness.delivery(integrationId);
    expect(dueAt!.getTime()).toBeGreaterThan(harness.clock.now().getTime());
    await harness.database.query(`UPDATE issues SET id = $1 WHERE id = $2`, [subjectId, `${subjectId}x`]);
    await harness.later(60_000);
    expect(messages()).toHaveLength(1);
  });

  it('lets the backlog of one integration not hide what others owe', async () => {
    const other = await harness.addIntegration(TOKEN, `#${channel}`);
    for (let n = 0; n < 3; n += 1) {
      const content = anIssueReport({ key: `${key}:${n}` });
      await harness.intake.run((scope) => scope.acceptIssue(harness.projectId, content));
      await harness.database.query(
        `UPDATE deliveries SET due_at = due_at - interval '1 hour' WHERE integration_id = $1`,
        [integrationId],
      );
    }
    const now = harness.clock.now();
    const share = { perIntegration: 2, inAll: 3 };
    const due = await harness.backlog.due(harness.database, ['slack'], now, now, share);
    const mine = await harness.backlog.dueOf(harness.database, integrationId, now, 9);
    const others = await harness.backlog.dueOf(harness.database, other, now, 9);
    const countOf = (some: readonly { id: string }[]) =>
      due.filter(({ id }) => some.some((one) => one.id === id)).length;
    expect([countOf(mine), countOf(others)]).toEqual([2, 1]);
    expect(due[0]?.dueInAll).toBe(6);
    await harness.work();
  });

  it('counts what a deleted integration still owed as suppressed', async () => {
    harness.slack.faults.next('chat.postMessage', { kind: 'rate-limit', retryAfter: 60 });
    await report();
    await harness.database.transaction(async (tx) => {
      await harness.health.withdrawn(tx, integrationId);
      await tx.query(`UPDATE integrations SET status = 'deleted' WHERE id = $1`, [integrationId]);
    });
    await harness.later(60_000);
    expect(messages()).toHaveLength(0);
    expect(await ledger()).toMatchObject({ accepted: 1, suppressed: 1 });
  });

  it('counts events that went by while it was turned to another source as suppressed', async () => {
    const turnTo = (source: string) =>
      harness.database.transaction(async (tx) => {
        await tx.query(`UPDATE integrations SET source = $2 WHERE id = $1`, [integrationId, source]);
        await harness.health.withdrawn(tx, integrationId);
      });
    await report();
    await report({ message: 'Disk usage is 86 %' });
    await turnTo('notifications');
    await report({ message: 'Disk usage is 87 %' });
    await report({ message: 'Disk usage is 88 %' });
    await turnTo('issues');
    await report({ event: 'closed' });
    expect(await ledger()).toMatchObject({ accepted: 5, delivered: 2, suppressed: 3, inFlight: 0 });
    expect(messages()).toHaveLength(1);
  });

  it('does not post twice when it is turned to another source and back while a call runs', async () => {
    const cutOff = harness.createPipeline();
    const { worker } = cutOff as unknown as { worker: { record: () => Promise<null> } };
    worker.record = () => Promise.resolve(null);
    await harness.intake.run((scope) => scope.acceptIssue(harness.projectId, anIssueReport({ key })));
    await cutOff.worker.run((await harness.delivery(integrationId)).id);
    for (const source of ['notifications', 'issues']) {
      await harness.database.transaction(async (tx) => {
        await tx.query(`UPDATE integrations SET source = $2 WHERE id = $1`, [integrationId, source]);
        await harness.health.withdrawn(tx, integrationId);
      });
    }
    await report({ severity: 'critical' });
    await harness.later(15_000);
    expect(messages()).toHaveLength(1);
    expect(await ledger()).toMatchObject({ accepted: 2, suppressed: 1, delivered: 1 });
  });

  it('suppresses what was accepted in the very moment it was turned to another source', async () => {
    await harness.intake.run((scope) => scope.acceptIssue(harness.projectId, anIssueReport({ key })));
    await harness.database.query(`UPDATE integrations SET source = 'notifications' WHERE id = $1`, [
      integrationId,
    ]);
    await harness.work();
    expect(messages()).toHaveLength(0);
    expect(await ledger()).toMatchObject({ accepted: 1, suppressed: 1 });
  });

  it('forgets a closed issue after 30 days, with what was owed for it, and keeps what is not over', async () => {
    const housekeeping = new Housekeeping(harness.database, new HistoryStore(), harness.clock, silentLogger);
    await report();
    await report({ event: 'closed' });
    await report({ key: `${key}:open` });
    harness.slack.faults.next('chat.postMessage', { kind: 'rate-limit', retryAfter: 86_400 });
    await report({ key: `${key}:owed`, event: 'open' });
    await report({ key: `${key}:owed`, event: 'closed' });
    await housekeeping.run();
    expect((await ledger()).accepted).toBe(5);
    harness.clock.advance(31 * 24 * 3_600_000);
    await housekeeping.run();
    expect(await ledger()).toMatchObject({ accepted: 3, delivered: 1, inFlight: 2, balanced: true });
  });

  it('leaves no place taken at the integration when a claim fails half-way', async () => {
    const pipeline = harness.createPipeline({ callsPerIntegration: 1 });
    const { parts } = pipeline.worker as unknown as {
      parts: { deliveries: { begin?: unknown } };
    };
    parts.deliveries.begin = () => Promise.reject(new Error('as scripted'));
    await harness.intake.run((scope) => scope.acceptIssue(harness.projectId, anIssueReport({ key })));
    const { id } = await harness.delivery(integrationId);
    await expect(pipeline.worker.run(id)).rejects.toThrow('as scripted');
    delete parts.deliveries.begin;
    harness.clock.advance(10_000);
    await pipeline.worker.run(id);
    expect(messages()).toHaveLength(1);
  });

  it('parks what is new at a failing integration without bothering its sink', async () => {
    harness.slack.workspace.revokeToken(TOKEN);
    await report();
    const requests = harness.slack.requests.length;
    await report({ key: `${key}:other` });
    expect(harness.slack.requests).toHaveLength(requests);
    expect(await ledger()).toMatchObject({ accepted: 2, parked: 2 });
  });

  it('drops the record of a worker whose lease ran out while Slack took its time', async () => {
    harness.slack.faults.next('chat.postMessage', { kind: 'slow-headers', delayMs: 1_500, landed: true });
    await harness.intake.run((scope) => scope.acceptIssue(harness.projectId, anIssueReport({ key })));
    const { id } = await harness.delivery(integrationId);
    const late = harness.createPipeline().worker.run(id);
    await harness.slack.waitFor(() => messages().length === 1);
    await harness.later(15_000);
    await report({ event: 'closed' });
    const shown = await harness.delivery(integrationId);
    await late;
    expect(await harness.delivery(integrationId)).toEqual(shown);
    expect(messages()[0]?.revisions).toHaveLength(2);
    expect(await ledger()).toMatchObject({ accepted: 2, delivered: 2, inFlight: 0 });
    expect(messages()).toHaveLength(1);
  });

  it('sends each notification once', async () => {
    const notices = await harness.addIntegration(TOKEN, `#${channel}`, { source: 'notifications' });
    const { id: _id, acceptedAt: _acceptedAt, ...content } = aNotification({ projectId: harness.projectId });
    await harness.intake.run((scope) => scope.acceptNotification(content));
    await harness.work();
    await harness.later(600_000);
    expect(messages()).toHaveLength(1);
    expect(messages()[0]?.revisions).toHaveLength(1);
    expect(await harness.ledgers.of(harness.projectId, notices)).toMatchObject({ accepted: 1, delivered: 1 });
  });

  it('lets two dispatchers work on the same deliveries without a second message', async () => {
    const other = harness.createPipeline();
    await harness.intake.run((scope) => scope.acceptIssue(harness.projectId, anIssueReport({ key })));
    const { id } = await harness.delivery(integrationId);
    await Promise.all(
      Array.from({ length: 20 }, (_, n) => (n % 2 ? other : harness.pipeline).worker.run(id)),
    );
    await harness.work();
    expect(messages()).toHaveLength(1);
    expect(messages()[0]?.revisions).toHaveLength(1);
  });

  it('records every attempt with its outcome, and nothing secret', async () => {
    harness.slack.faults.next('chat.postMessage', { kind: 'rate-limit', retryAfter: 1 });
    await report();
    await harness.later(1_000);
    const attempts = await harness.database.repository(AttemptEntity).find({
      where: { integrationId },
      order: { startedAt: 'ASC' },
    });
    expect(attempts.map(({ action, outcome }) => [action, outcome])).toEqual([
      ['open', 'throttled'],
      ['open', 'delivered'],
    ]);
    expect(JSON.stringify(attempts)).not.toContain(TOKEN);
  });
});
