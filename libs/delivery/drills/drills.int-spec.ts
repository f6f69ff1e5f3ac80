import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { shownBy } from '../../../apps/sandbox/slack/index.js';
import { Audit } from '../../identity/index.js';
import { silentLogger } from '../../observability/index.js';
import {
  DrillStore,
  IntegrationHealthStore,
  IntegrationStore,
  ProbeStore,
  type IntegrationEntity,
} from '../../persistence/index.js';
import { anIssueReport } from '../../testing/index.js';
import { DeliveryHarness } from '../testing/delivery-harness.js';
import { DrillProgress } from './drill-progress.js';
import { DrillSchedules } from './drill-schedules.js';
import { drillView } from './drill-view.js';
import { Drills } from './drills.js';

const TOKEN = 'xoxb-test-1';
const MINUTE_MS = 60_000;

describe('a fire drill on PostgreSQL to Slack', () => {
  let harness: DeliveryHarness;
  let drills: Drills;
  let progress: DrillProgress;
  let schedules: DrillSchedules;
  const store = new DrillStore();
  let id: string;
  let channel: string;
  let serial = 0;

  beforeAll(async () => {
    harness = await DeliveryHarness.start();
    const { database, intake, health, clock } = harness;
    const audit = new Audit(clock);
    const probes = new ProbeStore();
    const parts = { database, intake, store, probes, audit, clock };
    drills = new Drills({ ...parts, integrations: new IntegrationStore() });
    const integrations = new IntegrationHealthStore();
    progress = new DrillProgress({ ...parts, integrations, health, logger: silentLogger });
    schedules = new DrillSchedules(database, store, drills, clock, silentLogger);
  });
  afterAll(() => harness.stop());
  beforeEach(async () => {
    serial += 1;
    channel = `alerts-${serial}`;
    harness.slack.workspace.addToken(TOKEN);
    harness.slack.workspace.addChannel(channel);
    id = await harness.addIntegration(TOKEN, `#${channel}`);
  });
  afterEach(async () => {
    const ledger = await harness.ledgers.of(harness.projectId, id);
    expect(ledger.balanced, JSON.stringify(ledger)).toBe(true);
    await harness.database.query(`UPDATE integrations SET status = 'deleted'`);
    await harness.database.query(`UPDATE drills SET status = 'failed' WHERE status = 'running'`);
    harness.slack.reset();
  });

  const start = () => drills.start(harness.projectId, id, 'ann@example.com');
  const drill = async (drillId: string) => drillView(await drills.get(harness.projectId, id, drillId));
  const messages = () => harness.slack.workspace.visibleMessages(channel);
  const integration = (): Promise<IntegrationEntity> => harness.integration(id);
  const newest = async () => (await drills.list(harness.projectId, id, { limit: 1 }))[0];
  const told = async (): Promise<string[]> =>
    (
      await harness.database.query<{ title: string }>(
        'SELECT title FROM notifications WHERE except_for = $1',
        [id],
      )
    ).map(({ title }) => title);

  /** Works, then looks at the drills, as often as a drill has steps. */
  async function play(): Promise<void> {
    for (let round = 0; round < 4; round += 1) {
      await harness.work();
      await progress.run();
    }
  }

  it('goes the real way: one message, opened, updated and closed, with the time that each step took', async () => {
    const drillId = await start();
    harness.clock.advance(250);
    await play();
    const shown = await drill(drillId);
    expect(shown).toMatchObject({ status: 'passed', startedBy: 'ann@example.com', reason: null });
    expect(shown.finishedAt).toBe(harness.clock.now().toISOString());
    expect(shown.steps.map(({ step }) => step)).toEqual(['opened', 'updated', 'closed']);
    for (const step of shown.steps) expect(step).toMatchObject({ attempts: 1, httpStatus: 200 });
    expect(shown.steps[0]!.latencyMs).toBeGreaterThanOrEqual(250);
    expect(shown.steps[1]!.latencyMs).toBeLessThan(10_000);
    expect(messages()).toHaveLength(1);
    expect(messages()[0]!.revisions).toHaveLength(3);
    expect(JSON.stringify(shownBy(messages()[0]!))).toContain('FIRE DRILL');
    expect(await harness.ledgers.of(harness.projectId, id)).toMatchObject({ delivered: 3, inFlight: 0 });
  });

  it('measures to the answer of the sink, not to the moment somebody looked', async () => {
    const drillId = await start();
    await harness.work();
    harness.clock.advance(30_000);
    await progress.run();
    expect((await drill(drillId)).steps[0]!.latencyMs).toBeLessThan(10_000);
  });

  it('of an integration of notifications sends one, through it alone', async () => {
    const other = await harness.addIntegration(TOKEN, `#${channel}`, { source: 'notifications' });
    await harness.database.query(`UPDATE integrations SET source = 'notifications' WHERE id = $1`, [id]);
    const drillId = await start();
    await play();
    expect(await drill(drillId)).toMatchObject({
      status: 'passed',
      steps: [{ step: 'sent', attempts: 1, httpStatus: 200 }],
    });
    expect(messages()).toHaveLength(1);
    const [owed] = await harness.database.query<{ n: number }>(
      'SELECT count(*)::int AS n FROM deliveries WHERE integration_id = $1',
      [other],
    );
    expect(owed!.n).toBe(0);
  });

  it('reaches its place although a filter holds back what is as mild', async () => {
    const filter = JSON.stringify({ filter: { minimumSeverity: 'critical' } });
    for (const source of ['issues', 'notifications']) {
      await harness.database.query('UPDATE integrations SET source = $2, settings = $3 WHERE id = $1', [
        id,
        source,
        filter,
      ]);
      const drillId = await start();
      await play();
      expect([source, (await drill(drillId)).status]).toEqual([source, 'passed']);
    }
  });

  it('fails after two minutes, closes what it opened and makes the integration failing, which the project is told', async () => {
    harness.slack.faults.next('chat.update', { kind: 'http', status: 503 }, 50);
    const drillId = await start();
    await play();
    await harness.later(119_000);
    await progress.run();
    expect((await drill(drillId)).status).toBe('running');
    await harness.later(1_000);
    await Promise.all([progress.run(), progress.run()]);
    const failed = await drill(drillId);
    expect(failed).toMatchObject({ status: 'failed', finishedAt: harness.clock.now().toISOString() });
    expect(failed.reason).toMatch(
      /^The step "updated" was not confirmed 2 minutes after the drill had begun\. Slack /,
    );
    expect(await integration()).toMatchObject({ health: 'failing', healthCode: 'drill-failed' });
    expect((await integration()).healthReason).toBe(`The fire drill failed. ${failed.reason}`);
    expect(await told()).toEqual(['Integration failing']);
    harness.slack.faults.clear();
    await harness.later(5 * MINUTE_MS);
    expect(await integration()).toMatchObject({ health: 'healthy' });
    expect(messages()).toHaveLength(1);
    expect(JSON.stringify(shownBy(messages()[0]!))).toContain('The drill is over');
    expect(await told()).toEqual(['Integration failing', 'Integration recovered']);
  });

  it('waits longer for a sink that asks to be left alone, but not for ever', async () => {
    harness.slack.faults.next('chat.postMessage', { kind: 'rate-limit', retryAfter: 3_600 });
    const drillId = await start();
    await play();
    await harness.later(9 * MINUTE_MS);
    await progress.run();
    expect((await drill(drillId)).status).toBe('running');
    await harness.later(MINUTE_MS);
    await progress.run();
    expect((await drill(drillId)).status).toBe('failed');
  });

  it('fails at once with the reason of its integration when that turns failing', async () => {
    harness.slack.workspace.revokeToken(TOKEN);
    const drillId = await start();
    await play();
    const { status, reason } = await drill(drillId);
    expect([status, reason]).toEqual([
      'failed',
      'The step "opened" failed. Slack says the token was revoked: put in a new one.',
    ]);
    expect(await integration()).toMatchObject({ health: 'failing', healthCode: 'token_revoked' });
  });

  it('that is refused for good fails', async () => {
    harness.slack.faults.next('chat.postMessage', { kind: 'error', code: 'invalid_blocks' }, 4);
    const drillId = await start();
    await play();
    expect((await drill(drillId)).reason).toMatch(/^The step "opened" failed\. Slack refuses the message/);
    expect(await integration()).toMatchObject({ healthCode: 'drill-failed' });
  });

  it.each([
    ['paused', `paused_at = now()`],
    ['deleted', `status = 'deleted'`],
    ['turned to another source', `source = 'notifications'`],
  ])('ends when its integration is %s meanwhile, which is not held against it', async (what, change) => {
    harness.slack.faults.next('chat.postMessage', { kind: 'http', status: 503 }, 4);
    const drillId = await start();
    await harness.work();
    await harness.database.query(`UPDATE integrations SET ${change} WHERE id = $1`, [id]);
    await progress.run();
    expect(await drill(drillId)).toMatchObject({
      status: 'failed',
      reason: `The integration was ${what} meanwhile.`,
    });
    expect((await integration()).health).toBe('healthy');
    await harness.work();
  });

  describe('of an integration that failed its last drill', () => {
    beforeEach(async () => {
      await harness.addIntegration(TOKEN, `#${channel}`, { source: 'notifications' });
      harness.slack.faults.next('chat.postMessage', { kind: 'error', code: 'invalid_blocks' }, 4);
      await start();
      await play();
      await harness.work();
      harness.slack.faults.clear();
      expect(await integration()).toMatchObject({ health: 'failing', healthCode: 'drill-failed' });
      harness.clock.advance(60 * MINUTE_MS);
    });

    it('mends it when it passes, and not before', async () => {
      const drillId = await start();
      await harness.work();
      await progress.run();
      await harness.work();
      expect((await integration()).health).toBe('failing');
      await play();
      expect((await drill(drillId)).status).toBe('passed');
      expect(await integration()).toMatchObject({ health: 'healthy', healthCode: null });
      expect(await told()).toEqual(['Integration failing', 'Integration recovered']);
    });

    it('tells nothing new when it fails again, and keeps since when it fails', async () => {
      const { healthSince } = await integration();
      harness.slack.faults.next('chat.postMessage', { kind: 'error', code: 'no_text' }, 4);
      const drillId = await start();
      await play();
      expect((await drill(drillId)).status).toBe('failed');
      const failing = { health: 'failing', healthCode: 'drill-failed', healthSince, probeDeliveryId: null };
      expect(await integration()).toMatchObject(failing);
      expect((await integration()).healthReason).toContain('finds no text');
      expect(await told()).toEqual(['Integration failing']);
    });

    it('retries what its sink has no time for, and lets nothing else through meanwhile', async () => {
      harness.slack.faults.next('chat.postMessage', { kind: 'http', status: 503 }, 1);
      const drillId = await start();
      await harness.work();
      const content = anIssueReport({ key: `real-${serial}`, time: harness.clock.now() });
      await harness.intake.run((scope) => scope.acceptIssue(harness.projectId, content));
      await harness.later(30_000);
      expect(await harness.ledgers.of(harness.projectId, id)).toMatchObject({ parked: 2 });
      await play();
      expect((await drill(drillId)).status).toBe('passed');
      await harness.work();
      expect(await harness.ledgers.of(harness.projectId, id)).toMatchObject({ parked: 0, inFlight: 0 });
    });

    it('tries one of notifications, which nothing else would, for it owes nothing', async () => {
      await harness.database.query(`UPDATE integrations SET status = 'deleted'`);
      id = await harness.addIntegration(TOKEN, `#${channel}`, { source: 'notifications' });
      harness.slack.faults.next('chat.postMessage', { kind: 'error', code: 'invalid_blocks' }, 4);
      await start();
      await play();
      harness.slack.faults.clear();
      expect(await harness.ledgers.of(harness.projectId, id)).toMatchObject({ parked: 0, inFlight: 0 });
      await harness.later(24 * 60 * MINUTE_MS);
      expect((await integration()).health).toBe('failing');
      const drillId = await start();
      await play();
      expect((await drill(drillId)).status).toBe('passed');
      expect((await integration()).health).toBe('healthy');
    });

    it('starts by its schedule', async () => {
      const hourly = JSON.stringify({ drill: { cron: '0 * * * *', timeZone: 'UTC' } });
      await harness.database.query('UPDATE integrations SET settings = $2 WHERE id = $1', [id, hourly]);
      harness.clock.advance(60 * MINUTE_MS);
      await schedules.run();
      expect(await newest()).toMatchObject({ startedBy: null, status: 'running' });
      await play();
      expect((await integration()).health).toBe('healthy');
    });

    it('is not startable while it fails for another reason', async () => {
      await harness.database.query(`UPDATE integrations SET health_code = 'token_revoked' WHERE id = $1`, [
        id,
      ]);
      await expect(start()).rejects.toMatchObject({ status: 409 });
    });
  });

  it('goes on although another one cannot be read', async () => {
    const drillId = await start();
    await harness.database.query(
      `INSERT INTO drills (id, integration_id, project_id, issue_id, status, steps, started_at)
       VALUES ($1, $1, $2, 'none', 'running', '{}', $3)`,
      [`broken-${serial}`, harness.projectId, new Date(0)],
    );
    await play();
    expect((await drill(drillId)).status).toBe('passed');
  });

  describe('on a schedule', () => {
    const HOURLY = { drill: { cron: '0 * * * *', timeZone: 'Europe/Berlin' } };

    /** Sets the schedule at half past the next hour. */
    async function scheduled(settings: object = HOURLY): Promise<void> {
      const hourMs = 60 * MINUTE_MS;
      harness.clock.advance(hourMs * 1.5 - (harness.clock.now().getTime() % hourMs));
      await harness.database.query('UPDATE integrations SET settings = $2, updated_at = $3 WHERE id = $1', [
        id,
        JSON.stringify(settings),
        harness.clock.now(),
      ]);
    }

    it('starts when its time has come, not for a time before it was set, and once', async () => {
      await scheduled();
      await schedules.run();
      expect(await newest()).toBeUndefined();
      harness.clock.advance(30 * MINUTE_MS);
      await Promise.all([schedules.run(), schedules.run(), schedules.run()]);
      const first = await newest();
      expect(first).toMatchObject({ startedBy: null, status: 'running' });
      await play();
      await schedules.run();
      expect((await newest())!.id).toBe(first!.id);
      harness.clock.advance(60 * MINUTE_MS);
      await schedules.run();
      expect((await newest())!.id).not.toBe(first!.id);
    });

    it('leaves out an integration that is paused, and a schedule that makes no sense', async () => {
      await scheduled({ drill: { cron: 'nonsense', timeZone: 'Nowhere' } });
      harness.clock.advance(60 * MINUTE_MS);
      await schedules.run();
      await scheduled();
      await harness.database.query('UPDATE integrations SET paused_at = now() WHERE id = $1', [id]);
      harness.clock.advance(60 * MINUTE_MS);
      await schedules.run();
      expect(await newest()).toBeUndefined();
    });
  });

  it('is forgotten after 30 days', async () => {
    const drillId = await start();
    await play();
    const after = (ms: number) =>
      store.forget(harness.database, new Date(harness.clock.now().getTime() + ms), 100);
    await after(-1);
    expect((await newest())!.id).toBe(drillId);
    await after(1);
    expect(await newest()).toBeUndefined();
  });
});
