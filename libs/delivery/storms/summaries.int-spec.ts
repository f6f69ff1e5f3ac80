import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { shownBy, type SlackMessage } from '../../../apps/sandbox/slack/index.js';
import { newId, type IssueReport } from '../../domain/index.js';
import { AttemptEntity, DeliveryEntity } from '../../persistence/index.js';
import { anIssueReport, waitUntil } from '../../testing/index.js';
import { DeliveryHarness } from '../testing/delivery-harness.js';

const TOKEN = 'xoxb-test-1';
const POST = 'chat.postMessage';
const GREEN = '#12a150';
const LOST = { kind: 'drop', landed: false } as const;
const textOf = (message: SlackMessage): string => JSON.stringify(shownBy(message));
const isSummary = (message: SlackMessage): boolean => textOf(message).includes('opened at once');

describe('summaries of storms on PostgreSQL at Slack', () => {
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
    channel = `summary-${serial}`;
    // It may not search: a lost answer stays a riddle.
    harness.slack.workspace.addToken(TOKEN, { scopes: ['chat:write'] });
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
    const content = anIssueReport({ key: `${channel}:${n}`, time: harness.clock.now(), ...overrides });
    await harness.intake.run((scope) => scope.acceptIssue(harness.projectId, content));
  }
  async function flood(from: number, to: number, overrides: Partial<IssueReport> = {}): Promise<void> {
    for (let n = from; n <= to; n += 1) await accept(n, overrides);
    await harness.work();
  }
  async function laterThrice(ms: number): Promise<void> {
    for (let times = 0; times < 3; times += 1) await harness.later(ms);
  }
  const messages = (): readonly SlackMessage[] => harness.slack.workspace.visibleMessages(channel);
  const ledger = () => harness.ledgers.of(harness.projectId, integrationId);
  const deliveries = (subjectType: 'issue' | 'storm') =>
    harness.database.repository(DeliveryEntity).findBy({ integrationId, subjectType });

  it('is shown within three seconds although two dispatchers take in a thousand issues meanwhile', async () => {
    await Promise.all(Array.from({ length: 1_000 }, (_, n) => accept(n)));
    const due = (await deliveries('issue')).map(({ id }) => id);
    const begun = performance.now();
    const now = harness.clock.now().getTime();
    harness.clock.now = () => new Date(now + performance.now() - begun);
    const pipelines = [harness.pipeline, harness.createPipeline()];
    const working = Promise.all(
      Array.from({ length: 32 }, async (_, n) => {
        for (let id = due.pop(); id; id = due.pop()) await pipelines[n % 2]!.worker.run(id);
      }),
    );
    await waitUntil(() => messages().some(isSummary), {
      timeoutMs: 3_000,
      what: 'the first summary',
    });
    expect(due.length).toBeGreaterThan(0);
    await working;
    Reflect.deleteProperty(harness.clock, 'now');
    await harness.later(60_000);
    expect(messages().filter(isSummary)).toHaveLength(1);
    expect(textOf(messages().find(isSummary)!)).toContain('1000 issues opened at once');
    expect(await ledger()).toMatchObject({ accepted: 1_000, delivered: 1_000, inFlight: 0 });
  });

  it('shows together what a silence lets go together', async () => {
    const now = harness.clock.now();
    const until = new Date(now.getTime() + 600_000);
    await harness.database.query(
      `INSERT INTO holds (id, organization_id, project_id, type, reason, matcher, from_at, until_at, author, created_at, updated_at)
       VALUES ($1, 'acme', $2, 'silence', 'Upgrade', '{}', $3, $4, 'somebody', $3, $3)`,
      [newId(), harness.projectId, now, until],
    );
    await flood(1, 30);
    await flood(1, 15, { message: 'Disk usage is 97 %' });
    expect(messages()).toHaveLength(0);
    await harness.later(660_000);
    await harness.later(5_000);
    expect(messages()).toHaveLength(1);
    expect(textOf(messages()[0]!)).toContain('30 issues opened at once');
    expect(await ledger()).toMatchObject({ accepted: 45, delivered: 30, suppressed: 15, inFlight: 0 });
  });

  it('is followed by another for the same issues, when nobody knows whether it was posted', async () => {
    harness.slack.faults.next(POST, LOST, 2);
    await flood(1, 10);
    await laterThrice(60_000);
    expect(await deliveries('storm')).toHaveLength(2);
    expect(textOf(messages()[0]!)).toContain('10 issues opened at once');
    expect(await ledger()).toMatchObject({ accepted: 10, delivered: 10, rejected: 0, inFlight: 0 });
    await flood(1, 10, { event: 'closed' });
    expect(textOf(messages()[0]!)).toContain(GREEN);
  });

  it('gives its issues up when that one is lost, too, and what happens to them next is told again', async () => {
    harness.slack.faults.next(POST, LOST, 4);
    await flood(1, 10);
    for (let times = 0; times < 4; times += 1) await laterThrice(60_000);
    expect(await ledger()).toMatchObject({ accepted: 10, delivered: 0, rejected: 10, inFlight: 0 });
    await flood(1, 2, { message: 'Disk usage is 97 %' });
    expect(messages().filter(isSummary)).toHaveLength(0);
    expect(messages()).toHaveLength(2);
    expect(await ledger()).toMatchObject({ accepted: 12, delivered: 2, rejected: 10 });
  });

  it('that is refused ends its storm: what it showed is rejected, and what opens then has a summary of its own', async () => {
    harness.slack.faults.next(POST, { kind: 'error', code: 'invalid_blocks' }, 2);
    await flood(1, 10);
    expect(await ledger()).toMatchObject({ accepted: 10, rejected: 10, inFlight: 0 });
    expect(await harness.integration(integrationId)).toMatchObject({ stormId: null });
    expect((await deliveries('issue')).every(({ stormId }) => stormId === null)).toBe(true);
    await flood(11, 15);
    expect(textOf(messages()[0]!)).toContain('5 issues opened at once');
    expect(await ledger()).toMatchObject({ accepted: 15, delivered: 5, rejected: 10, inFlight: 0 });
  });

  it('that could not be shown for a day expires with what is as old, and what is younger is shown all the same', async () => {
    harness.slack.faults.next(POST, { kind: 'http', status: 503 }, 2);
    await flood(1, 5);
    await harness.database.query(
      `UPDATE deliveries SET owed_since = owed_since - interval '25 hours' WHERE integration_id = $1`,
      [integrationId],
    );
    await flood(6, 6);
    await laterThrice(60_000);
    expect(await ledger()).toMatchObject({ accepted: 6, expired: 5, delivered: 1, inFlight: 0 });
    expect(messages()).toHaveLength(1);
  });

  it('is looked at once when the last of its issues is closed, and for none before', async () => {
    await flood(1, 10);
    await flood(1, 9, { event: 'closed' });
    const [storm] = await deliveries('storm');
    expect(storm!.dueAt!.getTime()).toBeGreaterThan(harness.clock.now().getTime());
    await flood(10, 10, { event: 'closed' });
    expect(textOf(messages()[0]!)).toContain(GREEN);
  });

  it('keeps the attempt of a call whose lease was lost, and nothing else of it', async () => {
    harness.slack.faults.next(POST, { kind: 'slow-headers', delayMs: 400, landed: true });
    for (let n = 1; n <= 5; n += 1) await accept(n);
    const working = harness.work();
    const isCalled = `UPDATE deliveries SET lease_token = 'another' WHERE integration_id = $1 AND subject_type = 'storm'
                        AND lease_token IS NOT NULL RETURNING id`;
    await waitUntil(async () => (await harness.database.query(isCalled, [integrationId])).length > 0, {
      what: 'the call of the summary',
    });
    await working;
    const [storm] = await deliveries('storm');
    expect(await harness.database.repository(AttemptEntity).countBy({ deliveryId: storm!.id })).toBe(1);
    expect(storm!.mirror['ref'] ?? null).toBeNull();
    expect(await ledger()).toMatchObject({ accepted: 5, delivered: 0, inFlight: 5 });
  });
});
