import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { newId, type IssueReport } from '../../domain/index.js';
import {
  ClusterStore,
  ExplainStore,
  IntegrationStore,
  IssueReadStore,
  type IntegrationEntity,
} from '../../persistence/index.js';
import { anIssueReport } from '../../testing/index.js';
import { DeliveryHarness } from '../testing/delivery-harness.js';
import { explainQuery, hypothesisBody } from './explain.schema.js';
import { Explanations } from './explanations.js';

const TOKEN = 'xoxb-test-1';

describe('an explanation', () => {
  let harness: DeliveryHarness;
  let explanations: Explanations;
  let integrationId: string;
  let serial = 0;
  let key: string;
  let channel: string;

  beforeAll(async () => {
    harness = await DeliveryHarness.start();
    explanations = new Explanations({
      database: harness.database,
      clock: harness.clock,
      store: new ExplainStore(),
      integrations: new IntegrationStore(),
      issues: new IssueReadStore(),
      clusters: new ClusterStore(),
      updateIntervalMs: 300_000,
    });
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
    await harness.database.query(`UPDATE integrations SET status = 'deleted'`);
    await harness.database.query('DELETE FROM holds');
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
  async function explained(issueId: string, integration = integrationId) {
    const query = explainQuery.parse({ integration });
    const { integrations } = await explanations.ofIssue(harness.projectId, issueId, query);
    return integrations[0]!;
  }
  const stepsOf = ({ decisions }: Awaited<ReturnType<typeof explained>>) => decisions.map(({ step }) => step);
  const unmet = ({ decisions }: Awaited<ReturnType<typeof explained>>) =>
    decisions.filter(({ ok, step }) => !ok && step !== 'next');
  const change = (edit: string, ...values: unknown[]) =>
    harness.database.query(`UPDATE integrations SET ${edit} WHERE id = $1`, [integrationId, ...values]);
  const minutesLater = (minutes: number) => new Date(harness.clock.now().getTime() + minutes * 60_000);

  it('of what is shown says so, with every attempt and what comes next', async () => {
    const issueId = await report();
    const told = await explained(issueId);
    expect(stepsOf(told)).toEqual([
      'source',
      'sink',
      'owed',
      'filter',
      'silence',
      'health',
      'shown',
      'attempt',
      'ledger',
      'next',
    ]);
    expect(unmet(told)).toEqual([]);
    expect(told.summary).toContain('The sink shows the issue as it is, open.');
    expect(told.next).toEqual({ do: 'nothing', at: null });
    expect(told.decisions.find(({ step }) => step === 'ledger')?.text).toBe(
      '1 unit was accepted: 1 delivered.',
    );
  });

  it('names the interval that is not over, and when the update comes', async () => {
    const issueId = await report();
    await report({ message: 'Disk usage is 86 %' });
    const told = await explained(issueId);
    const at = minutesLater(5).toISOString();
    expect(unmet(told).map(({ step }) => step)).toEqual(['shown', 'interval']);
    expect(told.decisions.find(({ step }) => step === 'interval')?.at).toBe(at);
    expect(told.next).toEqual({ do: 'update', at });
    await harness.later(300_000);
    expect((await explained(issueId)).summary).toContain('as it is');
  });

  it('names the member of the filter that does not fit', async () => {
    await change(`settings = '{"filter":{"minimumSeverity":"critical","kinds":["disk-usage"]}}'`);
    const told = await explained(await report());
    expect(told.decisions.filter(({ step }) => step === 'filter')).toMatchObject([
      { ok: false, text: expect.stringContaining('below critical') },
      { ok: true },
    ]);
    expect(told.decisions.find(({ step }) => step === 'held')).toMatchObject({
      ok: false,
      at: expect.any(String),
    });
    expect(told.summary).toContain('below critical');
    expect(told.next.do).toBe('nothing');
  });

  it('names the silence that is on, by whom and until when', async () => {
    const now = harness.clock.now();
    await harness.database.query(
      `INSERT INTO holds (id, organization_id, project_id, type, reason, matcher, from_at, until_at, author, created_at, updated_at)
       VALUES ($1, 'o', $2, 'silence', 'disks are replaced', '{}', $3, $4, 'alice@example.com', $3, $3)`,
      [newId(), harness.projectId, now, minutesLater(60)],
    );
    const told = await explained(await report());
    const silence = told.decisions.find(({ step }) => step === 'silence');
    expect(silence).toMatchObject({ ok: false, at: minutesLater(60).toISOString() });
    expect(silence?.text).toContain('alice@example.com');
    expect(told.summary).toContain('disks are replaced');
  });

  it('says until when the sink wants to be left alone, and what it answered', async () => {
    harness.slack.faults.next('chat.postMessage', { kind: 'rate-limit', retryAfter: 60 });
    const told = await explained(await report());
    const at = minutesLater(1).toISOString();
    expect(told.decisions.find(({ step }) => step === 'throttle')).toMatchObject({ ok: false, at });
    expect(told.decisions.find(({ step }) => step === 'attempt')).toMatchObject({ ok: false });
    expect(told.next).toEqual({ do: 'post', at });
  });

  it('says of a degraded integration that it is left alone because its last calls failed', async () => {
    harness.slack.faults.next('chat.postMessage', { kind: 'http', status: 503 }, 10);
    const issueId = await report();
    const isDegraded = async () => (await harness.integration(integrationId)).health === 'degraded';
    for (let tries = 0; tries < 9 && !(await isDegraded()); tries += 1) await harness.later(120_000);
    const { throttledUntil } = await harness.integration(integrationId);
    const throttle = (await explained(issueId)).decisions.find(({ step }) => step === 'throttle');
    const at = throttledUntil!.toISOString();
    const text = `Its last calls failed: it is left alone until ${at}.`;
    expect(throttle).toEqual({ step: 'throttle', ok: false, at, text });
  });

  it('gives the reason of an integration that fails, and of one that was paused', async () => {
    harness.slack.workspace.revokeToken(TOKEN);
    const issueId = await report();
    const told = await explained(issueId);
    const health = told.decisions.find(({ step }) => step === 'health');
    expect(health).toMatchObject({ ok: false, text: expect.stringContaining('revoked') });
    expect(told.summary).toBe(`${health!.text} It waits until the integration is mended or resumed.`);
    await change(`health = 'healthy', paused_at = $2, paused_by = 'bob@example.com'`, harness.clock.now());
    expect((await explained(issueId)).summary).toContain('paused by bob@example.com');
  });

  it('says of an integration that takes something else what to do', async () => {
    const other = await harness.addIntegration(TOKEN, `#${channel}`, { source: 'notifications' });
    const told = await explained(await report(), other);
    expect(told).toMatchObject({ deliveryId: null, next: { do: 'nothing' } });
    expect(told.summary).toBe(
      'The integration takes notifications and no issues: make one with the source issues to have them.',
    );
  });

  it('says of an integration that was created later how it gets the issue all the same', async () => {
    const issueId = await report();
    harness.clock.advance(1_000);
    const later = await harness.addIntegration(TOKEN, `#${channel}`);
    expect((await explained(issueId, later)).summary).toContain('POST replay');
  });

  it('is given for every integration of the project, in pages', async () => {
    const other = await harness.addIntegration(TOKEN, `#${channel}`);
    const issueId = await report();
    const page = (after?: string | null) =>
      explanations.ofIssue(
        harness.projectId,
        issueId,
        explainQuery.parse({ limit: 1, ...(after ? { after } : {}) }),
      );
    const first = await page();
    const second = await page(first.next);
    const ids = [...first.integrations, ...second.integrations].map((one) => one.integrationId);
    expect(ids).toEqual([integrationId, other].toSorted());
    expect(second.next).toBeNull();
    await expect(explained(issueId, newId())).rejects.toMatchObject({ status: 404 });
    await expect(explained(newId())).rejects.toMatchObject({ status: 404 });
  });

  describe('of a thing that there is not', () => {
    const ISSUE = { issue: { kind: 'disk-usage', severity: 'warning' } };
    async function supposed(body: object) {
      const query = explainQuery.parse({ integration: integrationId });
      const { integrations } = await explanations.ofHypothesis(
        harness.projectId,
        hypothesisBody.parse(body),
        query,
      );
      return integrations[0]!;
    }
    const edits: [string, Partial<Record<keyof IntegrationEntity, unknown>>, object][] = [
      ['a filter', { settings: { filter: { minimumSeverity: 'critical' } } }, { because: 'filter' }],
      ['its being paused', { pausedAt: new Date() }, { because: 'paused' }],
      ['its failing', { health: 'failing', healthReason: 'Put in a new token.' }, { because: 'failing' }],
      ['its source', { source: 'notifications' }, { because: 'source' }],
      ['its sink', { sink: 'awsCloudWatchLogs' }, { because: 'sink' }],
    ];

    it('says that it would be posted', async () => {
      expect(await supposed(ISSUE)).toMatchObject({ do: 'post', because: null, reason: expect.any(String) });
      expect(await supposed({ notification: { severity: 'info' } })).toMatchObject({ because: 'source' });
    });

    it.each(edits)('names %s that keeps it', async (_what, edit, expected) => {
      integrationId = await harness.addIntegration(TOKEN, `#${channel}`, edit as Partial<IntegrationEntity>);
      expect(await supposed(ISSUE)).toMatchObject({ do: 'nothing', ...expected });
    });

    it('names a storm that takes it in, but not what is critical', async () => {
      await change(`storm_id = 's', storm_until = $2`, minutesLater(1));
      expect(await supposed(ISSUE)).toMatchObject({ do: 'nothing', because: 'storm' });
      const critical = { issue: { ...ISSUE.issue, severity: 'critical' } };
      expect(await supposed(critical)).toMatchObject({ do: 'post' });
      await change(`settings = '{"stormThreshold":0}'`);
      expect(await supposed(ISSUE)).toMatchObject({ do: 'post' });
    });

    it('says when a sink may be called again', async () => {
      await change('throttled_until = $2', minutesLater(1));
      expect(await supposed(ISSUE)).toMatchObject({ do: 'post', at: minutesLater(1).toISOString() });
    });

    it('changes nothing', async () => {
      await supposed(ISSUE);
      expect(
        await harness.database.query('SELECT id FROM deliveries WHERE integration_id = $1', [integrationId]),
      ).toEqual([]);
    });
  });
});
