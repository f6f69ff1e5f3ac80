import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { shownBy, type SlackMessage } from '../../../apps/sandbox/slack/index.js';
import type { IssueReport } from '../../domain/index.js';
import { Audit } from '../../identity/index.js';
import { silentLogger } from '../../observability/index.js';
import { IntegrationStore, ReplayStore } from '../../persistence/index.js';
import { Queues } from '../../queues/index.js';
import { anIssueReport, aNotification } from '../../testing/index.js';
import { DeliveryHarness } from '../testing/delivery-harness.js';
import { Wakeups } from '../wakeups.js';
import { Replays } from './replay.js';
import { replayBody } from './replay.schema.js';

const TOKEN = 'xoxb-test-1';
const REFUSED = { kind: 'error', code: 'a_code_of_tomorrow' } as const;

describe('a replay on PostgreSQL to Slack', () => {
  let harness: DeliveryHarness;
  let queues: Queues;
  let replays: Replays;
  let integrationId: string;
  let serial = 0;
  let key: string;
  let channel: string;

  beforeAll(async () => {
    harness = await DeliveryHarness.start();
    const { database, clock } = harness;
    queues = new Queues({ databaseUrl: harness.testDatabase.url, logger: silentLogger });
    await queues.connect();
    replays = new Replays({
      database,
      clock,
      audit: new Audit(clock),
      wakeups: new Wakeups(queues, silentLogger),
      store: new ReplayStore(),
      integrations: new IntegrationStore(),
      updateIntervalMs: 300_000,
    });
  });
  afterAll(async () => {
    await queues.stop();
    await harness.stop();
  });
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
    await harness.database.query(
      `UPDATE issues SET status = 'closed', closed_at = updated_at WHERE status = 'open'`,
    );
    harness.slack.reset();
  });

  async function report(overrides: Partial<IssueReport> = {}): Promise<string> {
    const time = harness.clock.now();
    const { issueId } = await harness.intake.run((scope) =>
      scope.acceptIssue(harness.projectId, anIssueReport({ key, time, ...overrides })),
    );
    await harness.work();
    return issueId;
  }
  async function replay(body: object) {
    const tenant = { organizationId: 'o', projectId: harness.projectId };
    const answer = await replays.run(tenant, integrationId, replayBody.parse(body));
    if (!answer.dryRun) await harness.work();
    return answer;
  }
  const messages = (): readonly SlackMessage[] => harness.slack.workspace.visibleMessages(channel);
  const ledger = () => harness.ledgers.of(harness.projectId, integrationId);
  const rows = () =>
    harness.database.query('SELECT * FROM deliveries WHERE integration_id = $1 ORDER BY id', [integrationId]);

  it('shows what was refused after what was wrong has been changed', async () => {
    harness.slack.faults.next('chat.postMessage', REFUSED);
    await report();
    expect(await ledger()).toMatchObject({ rejected: 1, delivered: 0 });
    const answer = await replay({ filter: { outcome: 'rejected' } });
    expect(answer).toMatchObject({ dryRun: false, counts: { post: 1 }, more: false, next: null });
    expect(messages()).toHaveLength(1);
    expect(await ledger()).toMatchObject({ rejected: 0, delivered: 1 });
  });

  it('pages nobody for an issue that is closed by now', async () => {
    harness.slack.faults.next('chat.postMessage', REFUSED, 2);
    await report();
    await report({ event: 'closed' });
    for (const body of [{ filter: {} }, { since: '2020-01-01T00:00:00Z' }]) {
      expect(await replay(body)).toMatchObject({ counts: { nothing: 1, post: 0 } });
    }
    const { id } = await harness.delivery(integrationId);
    expect((await replay({ deliveryId: id })).items[0]?.reason).toContain('pages nobody');
    expect(messages()).toHaveLength(0);
    expect(await ledger()).toMatchObject({ rejected: 2 });
  });

  it('closes a message whose close was refused', async () => {
    await report();
    harness.slack.faults.next('chat.update', REFUSED);
    await report({ event: 'closed' });
    expect(await ledger()).toMatchObject({ delivered: 1, rejected: 1 });
    expect(await replay({ filter: {} })).toMatchObject({ counts: { close: 1 } });
    expect(messages()[0]?.revisions).toHaveLength(2);
    expect(await ledger()).toMatchObject({ delivered: 2, rejected: 0 });
  });

  it('posts a message afresh that Slack has lost, when it is asked for this delivery', async () => {
    await report();
    const [lost] = messages();
    harness.slack.workspace.delete(lost!.channel, lost!.ts);
    expect(await replay({ filter: {} })).toMatchObject({ counts: { nothing: 1 } });
    const { id } = await harness.delivery(integrationId);
    expect(await replay({ deliveryId: id })).toMatchObject({ counts: { update: 1 } });
    expect(messages()).toHaveLength(1);
    expect(JSON.stringify(shownBy(messages()[0]!))).toContain('85 %');
  });

  it('changes nothing in a dry run', async () => {
    harness.slack.faults.next('chat.postMessage', REFUSED);
    await report();
    await report({ key: `${key}:other` });
    const before = await rows();
    for (const body of [{ filter: {} }, { since: '2020-01-01T00:00:00Z' }]) {
      expect(await replay({ ...body, dryRun: true })).toMatchObject({ dryRun: true, counts: { post: 1 } });
    }
    expect(await rows()).toEqual(before);
    const deeds = `SELECT count(*)::int AS n FROM audit_log WHERE urn LIKE '%' || $1`;
    expect(await harness.database.query(deeds, [integrationId])).toEqual([{ n: 0 }]);
  });

  it('shows open issues that opened before the integration was created', async () => {
    const since = harness.clock.now().toISOString();
    const issueId = await report();
    await harness.database.query('DELETE FROM deliveries WHERE integration_id = $1', [integrationId]);
    const posted = messages().length;
    const dry = await replay({ since, dryRun: true });
    expect(dry.items).toMatchObject([
      { deliveryId: null, subject: { type: 'issue', id: issueId }, do: 'post' },
    ]);
    expect(await replay({ since })).toMatchObject({ counts: { post: 1 } });
    expect(messages()).toHaveLength(posted + 1);
    expect(await harness.delivery(integrationId)).toMatchObject({
      firstSeq: 1,
      acceptedSeq: 1,
      delivered: 1,
    });
    expect(await replay({ filter: {} })).toMatchObject({ counts: { nothing: 1 } });
  });

  it('parks what is taken back for an integration that fails, and says so', async () => {
    harness.slack.faults.next('chat.postMessage', REFUSED);
    await report();
    await harness.database.query(`UPDATE integrations SET health = 'failing' WHERE id = $1`, [integrationId]);
    const { items } = await replay({ filter: {} });
    expect(items).toMatchObject([{ do: 'post', reason: expect.stringContaining('mended') }]);
    expect(await ledger()).toMatchObject({ parked: 1, rejected: 0 });
    await harness.health.mended(integrationId);
    await harness.work();
    expect(messages()).toHaveLength(1);
  });

  it('leaves alone what is being sent at this moment', async () => {
    harness.slack.faults.next('chat.postMessage', REFUSED);
    await report();
    const later = new Date(harness.clock.now().getTime() + 10_000);
    await harness.database.query('UPDATE deliveries SET lease_until = $2 WHERE integration_id = $1', [
      integrationId,
      later,
    ]);
    expect(await replay({ filter: {} })).toMatchObject({ counts: { busy: 1, post: 0 } });
    await harness.database.query('UPDATE deliveries SET lease_until = NULL WHERE integration_id = $1', [
      integrationId,
    ]);
    await harness.database.transaction(async (tx) => {
      await tx.query('SELECT 1 FROM deliveries WHERE integration_id = $1 FOR UPDATE', [integrationId]);
      const tenant = { organizationId: 'o', projectId: harness.projectId };
      const answer = await replays.run(tenant, integrationId, replayBody.parse({ filter: {} }));
      expect(answer).toMatchObject({ counts: { busy: 1 }, items: [{ subject: { type: 'issue' } }] });
    });
  });

  it('sends a notification that was refused, and never one twice', async () => {
    await harness.database.query(`UPDATE integrations SET source = 'notifications' WHERE id = $1`, [
      integrationId,
    ]);
    harness.slack.faults.next('chat.postMessage', REFUSED);
    const { projectId, severity, message, title, clusterId } = aNotification({
      projectId: harness.projectId,
    });
    await harness.intake.run((scope) =>
      scope.acceptNotification({ projectId, severity, message, title, clusterId }),
    );
    await harness.work();
    expect(await replay({ filter: {} })).toMatchObject({ counts: { send: 1 } });
    expect(messages()).toHaveLength(1);
    const { id } = await harness.delivery(integrationId);
    expect(await replay({ deliveryId: id })).toMatchObject({ counts: { nothing: 1 } });
    expect(messages()).toHaveLength(1);
  });

  it('goes through more than one batch, and tells where to go on when there is more than it looks at', async () => {
    await report();
    await harness.database.query(
      `INSERT INTO issues (id, project_id, key, kind, status, severity, message, opened_at, updated_at, event_count)
       SELECT 'many' || n, $1, 'many' || n, 'disk-usage', 'open', 'warning', 'm', $2, $2, 1
       FROM generate_series(1, 10100) n`,
      [harness.projectId, harness.clock.now()],
    );
    await harness.database.query(
      `INSERT INTO issue_events (issue_id, seq, event, severity, message, time, accepted_at)
       SELECT id, 1, 'open', 'warning', 'm', now(), now() FROM issues WHERE key LIKE 'many%'`,
    );
    await harness.database.query(
      `INSERT INTO deliveries (id, integration_id, sink, subject_type, subject_id, first_seq, accepted_seq, settled_seq,
                               delivered, last_end, mirror, created_at, updated_at)
       SELECT 'many' || n, $1, 'slack', 'issue', 'many' || n, 1, 1, 1, 1, 'delivered',
              '{"ref":{"ts":"1"},"shown":{"seq":1,"status":"open","severity":"warning"}}', $2, $2
       FROM generate_series(1, 10100) n`,
      [integrationId, harness.clock.now()],
    );
    const first = await replay({ filter: {} });
    expect(first).toMatchObject({ counts: { nothing: 10_000 }, more: true });
    expect(first.items).toHaveLength(100);
    const second = await replay({ filter: {}, after: first.next });
    expect(second).toMatchObject({ counts: { nothing: 101 }, more: false, next: null });
  });

  it('refuses what there is not', async () => {
    await expect(replay({ deliveryId: 'nobody' })).rejects.toMatchObject({ status: 404 });
    await expect(replay({ filter: {}, after: 'x' })).rejects.toMatchObject({ status: 400 });
    await harness.database.query(`UPDATE integrations SET status = 'deleted' WHERE id = $1`, [integrationId]);
    await expect(replay({ filter: {} })).rejects.toMatchObject({ status: 409 });
  });

  describe('at OpsGenie', () => {
    const KEY = 'key-of-tests';
    beforeEach(async () => {
      harness.opsGenie.addKey(KEY);
      integrationId = await harness.addOpsGenie(KEY);
    });
    afterEach(() => harness.opsGenie.reset());
    const states = () => harness.opsGenie.alerts.map(({ status }) => status);
    const one = async () => ({ deliveryId: (await harness.delivery(integrationId)).id });

    it('closes an alert again that was opened long after it was closed', async () => {
      await report();
      await harness.later(1_000);
      await report({ event: 'closed' });
      await harness.later(1_000);
      await harness.later(600_000);
      harness.opsGenie.account.openByHand(harness.opsGenie.alerts[0]!.alias);
      expect(await replay({ filter: {} })).toMatchObject({ counts: { nothing: 1 } });
      expect(await replay(await one())).toMatchObject({ counts: { close: 1 } });
      await harness.later(2_000);
      expect(states().every((status) => status === 'closed')).toBe(true);
      expect((await harness.delivery(integrationId)).mirror).toMatchObject({ drifts: 1 });
    });

    it('opens an alert anew that a person closed while the issue is open', async () => {
      const { alerts } = harness.opsGenie;
      await report();
      await harness.later(1_000);
      harness.opsGenie.account.closeByHand(alerts[0]!.alias);
      await report({ message: 'Disk usage is 86 %' });
      await harness.later(300_000);
      await harness.later(2_000);
      expect(await replay({ filter: {} })).toMatchObject({ counts: { nothing: 1 } });
      expect(await replay(await one())).toMatchObject({ counts: { post: 1 } });
      await harness.later(2_000);
      expect(states().filter((status) => status === 'open')).toHaveLength(1);
    });

    it('pages nobody for what was over before it could be shown', async () => {
      const answer = { kind: 'answer', status: 422, body: { message: 'No', requestId: 'r' } } as const;
      harness.opsGenie.faults.next('create', answer);
      await report();
      await report({ event: 'closed' });
      await harness.later(2_000);
      expect(await replay(await one())).toMatchObject({ counts: { nothing: 1 } });
      expect(await replay({ since: '2020-01-01T00:00:00Z' })).toMatchObject({ counts: { nothing: 1 } });
      await harness.later(2_000);
      expect(states()).toEqual([]);
    });
  });
});
