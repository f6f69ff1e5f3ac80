import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  HealthNewsStore,
  HealthReadStore,
  IntegrationHealthStore,
  ParkingStore,
} from '../../persistence/index.js';
import { Metrics, silentLogger } from '../../observability/index.js';
import { anIssueReport } from '../../testing/index.js';
import { DeliveryHarness } from '../testing/delivery-harness.js';
import { HealthGauges } from './health-gauges.js';
import { HealthNewsLater } from './health-news-later.js';
import { HealthNews } from './health-news.js';

const TOKEN = 'xoxb-test-1';
const MINUTE_MS = 60_000;

describe('the health of an integration', () => {
  let harness: DeliveryHarness;
  let id: string;
  let channel: string;
  let serial = 0;

  beforeAll(async () => {
    harness = await DeliveryHarness.start();
  });
  afterAll(() => harness.stop());
  beforeEach(async () => {
    serial += 1;
    channel = `alerts-${serial}`;
    for (const name of [channel, `news-${serial}`]) harness.slack.workspace.addChannel(name);
    harness.slack.workspace.addToken(TOKEN);
    harness.slack.workspace.addToken('xoxb-news');
    id = await harness.addIntegration(TOKEN, `#${channel}`);
    await harness.addIntegration('xoxb-news', `#news-${serial}`, { source: 'notifications' });
  });
  afterEach(async () => {
    const ledger = await harness.ledgers.of(harness.projectId, id);
    expect(ledger.balanced, JSON.stringify(ledger)).toBe(true);
    await harness.database.query(`UPDATE integrations SET status = 'deleted'`);
    harness.slack.reset();
  });

  const integration = () => harness.integration(id);
  const messages = () => harness.slack.workspace.visibleMessages(channel);
  const fault = (status: number, times: number) =>
    harness.slack.faults.next('chat.postMessage', { kind: 'http', status }, times);
  async function report(key: string, severity: 'info' | 'warning' | 'critical' = 'warning'): Promise<void> {
    const content = anIssueReport({ key: `${serial}:${key}`, severity, time: harness.clock.now() });
    await harness.intake.run((scope) => scope.acceptIssue(harness.projectId, content));
    await harness.work();
  }
  const told = async (): Promise<string[]> => {
    const rows = await harness.database.query<{ title: string; severity: string }>(
      'SELECT title, severity FROM notifications WHERE except_for = $1 ORDER BY accepted_at',
      [id],
    );
    return rows.map(({ title, severity }) => `${severity}: ${title}`);
  };
  const revoke = () => harness.slack.workspace.revokeToken(TOKEN);
  const renew = () => harness.slack.workspace.addToken(TOKEN);

  it('is degraded after three failed calls in a row, whichever deliveries they were for, and good after one that went', async () => {
    harness.slack.workspace.addToken(TOKEN, { scopes: ['chat:write', 'chat:write.public'] });
    fault(429, 1);
    await report('throttled');
    expect(await integration()).toMatchObject({ health: 'healthy', failuresInRow: 0 });
    await harness.later(2 * MINUTE_MS);
    harness.slack.faults.next('chat.postMessage', { kind: 'error', code: 'invalid_blocks' }, 6);
    await report('a');
    await report('b');
    expect(await integration()).toMatchObject({ health: 'healthy', failuresInRow: 2 });
    await report('c');
    const since = harness.clock.now();
    expect(await integration()).toMatchObject({
      health: 'degraded',
      healthCode: 'invalid_blocks',
      healthSince: since,
    });
    await harness.later(MINUTE_MS);
    await report('d');
    const expected = { health: 'healthy', healthCode: null, healthReason: null, failuresInRow: 0 };
    expect(await integration()).toMatchObject({ ...expected, healthSince: harness.clock.now() });
    expect(await told()).toEqual([]);
  });

  it('does not become a hot row: more of the same failure writes nothing', async () => {
    const store = new IntegrationHealthStore();
    const note = { code: 'invalid_blocks', reason: 'Slack refuses it.', isDown: false };
    const version = async () =>
      (
        await harness.database.query<{ xmin: string }>('SELECT xmin FROM integrations WHERE id = $1', [id])
      )[0]!.xmin;
    const now = harness.clock.now();
    const turned: boolean[] = [];
    for (let n = 0; n < 3; n += 1) turned.push(await store.falter(harness.database, id, note, 3, now));
    expect(turned).toEqual([false, false, true]);
    const before = await version();
    await store.falter(harness.database, id, note, 3, now);
    expect(await version()).toBe(before);
    await store.falter(harness.database, id, { ...note, code: 'no_text' }, 3, now);
    expect(await integration()).toMatchObject({ health: 'degraded', healthCode: 'no_text' });
    expect(await store.thrive(harness.database, id, now)).toBe(true);
    const after = await version();
    expect(await store.thrive(harness.database, id, now)).toBe(false);
    expect(await version()).toBe(after);
  });

  it('is told to the project when it turns failing and when it recovers, once, through the other integrations', async () => {
    revoke();
    for (const key of ['a', 'b', 'c']) {
      const content = anIssueReport({ key: `${serial}:${key}`, time: harness.clock.now() });
      await harness.intake.run((scope) => scope.acceptIssue(harness.projectId, content));
    }
    const other = harness.createPipeline();
    await Promise.all([harness.work(), harness.work(other)]);
    expect(await told()).toEqual(['critical: Integration failing']);
    const [news] = harness.slack.workspace.visibleMessages(`news-${serial}`);
    expect(JSON.stringify(news)).toContain('The integration \\"alerts\\" (Slack) is failing.');
    expect(JSON.stringify(news)).toContain(
      'put in a new one. 3 things that it owes wait until it is mended.',
    );
    renew();
    await harness.later(2 * MINUTE_MS);
    expect(await told()).toEqual(['critical: Integration failing', 'info: Integration recovered']);
    expect(messages()).toHaveLength(3);
  });

  it('that comes and goes does not flood: one failure is told within ten minutes, and later what lasts', async () => {
    const [store, facts] = [new HealthNewsStore(), new HealthReadStore()];
    const { database, intake, clock } = harness;
    const news = new HealthNews(store, facts, clock);
    const integrations = new IntegrationHealthStore();
    const later = new HealthNewsLater(database, store, integrations, news, intake, clock, silentLogger);
    for (let n = 0; n < 4; n += 1) {
      revoke();
      await report(`${n}`);
      renew();
      if (n < 3) await harness.health.mended(id);
      await harness.later(1_000);
    }
    expect(await told()).toEqual(['critical: Integration failing', 'info: Integration recovered']);
    revoke();
    await later.run();
    expect(await told()).toHaveLength(2);
    await harness.later(10 * MINUTE_MS);
    await Promise.all([later.run(), later.run()]);
    expect((await told()).at(-1)).toBe('critical: Integration failing');
    expect(await told()).toHaveLength(3);
    renew();
    await harness.health.mended(id);
    await harness.work();
    expect((await told()).at(-1)).toBe('info: Integration recovered');
  });

  it('of a deleted integration is told to nobody', async () => {
    const { updatedAt } = await integration();
    await harness.database.query(
      `UPDATE integrations SET status = 'deleted', updated_at = $2 WHERE id = $1`,
      [id, new Date(updatedAt.getTime() + 1)],
    );
    const failure = { code: 'token_revoked', reason: 'The token was revoked.' };
    const failed = await harness.intake.run((scope) =>
      harness.health.turns.fail(scope, id, updatedAt, failure),
    );
    expect([failed, await told()]).toEqual([false, []]);
  });

  it('paused: nothing is called, not even to probe, and everything goes when it is resumed', async () => {
    const store = new ParkingStore();
    revoke();
    await report('a');
    await harness.database.transaction((tx) => store.pause(tx, id, 'Ann', null, harness.clock.now()));
    const calls = harness.slack.requests.length;
    renew();
    await report('b');
    await harness.later(3_600_000);
    await harness.health.mended(id);
    await harness.health.unparkMended();
    await harness.work();
    const called = harness.slack.requests.slice(calls).filter(({ token }) => token === TOKEN);
    expect(messages()).toHaveLength(0);
    expect(called).toEqual([]);
    expect(await harness.ledgers.of(harness.projectId, id)).toMatchObject({ parked: 2, inFlight: 0 });
    await harness.database.transaction((tx) => store.resume(tx, id));
    await harness.health.letGo(id);
    await harness.work();
    expect(messages()).toHaveLength(2);
  });

  it('mended, lets go at once what waits for another try', async () => {
    harness.slack.faults.next('chat.postMessage', { kind: 'rate-limit', retryAfter: 3_600 });
    await report('a');
    await harness.database.query('UPDATE integrations SET throttled_until = NULL WHERE id = $1', [id]);
    await harness.work();
    expect(messages()).toHaveLength(0);
    await harness.health.mended(id);
    await harness.work();
    expect(messages()).toHaveLength(1);
  });

  it('mended, owes nothing of what was parked only to be read back', async () => {
    await report('a');
    await harness.database.query('UPDATE deliveries SET parked = true WHERE integration_id = $1', [id]);
    await harness.health.letGo(id);
    expect(await harness.delivery(id)).toMatchObject({
      parked: false,
      owedSince: null,
      dueAt: harness.clock.now(),
    });
    await harness.work();
    expect(await harness.delivery(id)).toMatchObject({ dueAt: null });
  });

  it('is measured, by state and by what is owed', async () => {
    const metrics = new Metrics();
    const gauges = new HealthGauges(harness.database, new HealthReadStore(), metrics);
    revoke();
    await report('a');
    await report('a', 'critical');
    await gauges.run();
    const text = await metrics.registry.metrics();
    expect(text).toContain('spillway_integrations{health="failing"} 1');
    expect(text).toContain('spillway_integrations{health="healthy"} 1');
    expect(text).toContain(`spillway_integration_backlog_units{integration="${id}"} 2`);
    await harness.database.query(`UPDATE integrations SET status = 'deleted' WHERE id = $1`, [id]);
    await gauges.run();
    expect(await metrics.registry.metrics()).not.toContain(id);
  });
});
