import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  ClusterStore,
  DeliveryEntity,
  ExplainStore,
  IntegrationStore,
  IssueReadStore,
} from '../../persistence/index.js';
import { anIssueReport } from '../../testing/index.js';
import type { Pipeline } from '../pipeline.js';
import { DeliveryHarness } from '../testing/delivery-harness.js';
import { explainQuery } from './explain.schema.js';
import { Explanations } from './explanations.js';

const TOKEN = 'xoxb-test-1';

describe('an explanation of one issue among many', () => {
  let harness: DeliveryHarness;
  let explanations: Explanations;
  let integrationId: string;
  let serial = 0;
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
    channel = `many-${serial}`;
    harness.slack.workspace.addToken(TOKEN);
    harness.slack.workspace.addChannel(channel);
    integrationId = await harness.addIntegration(TOKEN, `#${channel}`, { settings: { stormThreshold: 2 } });
    harness.clock.advance(120_000);
  });
  afterEach(async () => {
    await harness.database.query(`UPDATE integrations SET status = 'deleted'`);
    harness.slack.reset();
  });

  async function accept(n: number, message = 'Disk usage is 85 %'): Promise<string> {
    const content = anIssueReport({ key: `${channel}:${n}`, time: harness.clock.now(), message });
    const { issueId } = await harness.intake.run((scope) => scope.acceptIssue(harness.projectId, content));
    return issueId;
  }
  async function flood(count: number, pipeline?: Pipeline): Promise<string[]> {
    const ids: string[] = [];
    for (let n = 1; n <= count; n += 1) ids.push(await accept(n));
    await harness.work(pipeline);
    return ids;
  }
  async function explained(issueId: string) {
    const query = explainQuery.parse({ integration: integrationId });
    return (await explanations.ofIssue(harness.projectId, issueId, query)).integrations[0]!;
  }
  const change = (edit: string, ...values: unknown[]) =>
    harness.database.query(`UPDATE integrations SET ${edit} WHERE id = $1`, [integrationId, ...values]);
  const inAMinute = () => new Date(harness.clock.now().getTime() + 60_000);
  /** What is said of an issue that is due, and what the dispatcher then makes of it. */
  async function foretold(issueId: string) {
    const told = await explained(issueId);
    await harness.work();
    const row = await harness.database
      .repository(DeliveryEntity)
      .findOneByOrFail({ integrationId, subjectId: issueId });
    return { told: told.next.do, isTakenIn: row.stormId !== null };
  }

  it("says that a storm's summary shows it, and which delivery that is", async () => {
    const [issueId] = await flood(4);
    await harness.later(5_000);
    const { stormId } = await harness.integration(integrationId);
    const told = await explained(issueId!);
    const found = (step: string) => told.decisions.find((one) => one.step === step);
    expect(found('storm')).toMatchObject({ ok: true, text: expect.stringContaining(`delivery ${stormId}`) });
    const text = `The summary of the storm, delivery ${stormId}, shows the issue as it is, open.`;
    expect(found('shown')).toMatchObject({ ok: true, text });
    expect(told).toMatchObject({ next: { do: 'nothing' }, summary: expect.stringContaining(text) });
    for (const usage of [86, 87]) {
      await accept(1, `Disk usage is ${usage} %`);
      await harness.work();
    }
    const waiting = await explained(issueId!);
    expect(waiting.decisions.find(({ step }) => step === 'shown')).toMatchObject({ ok: false });
    expect(waiting).toMatchObject({
      next: { do: 'look', at: null },
      summary: expect.stringContaining(`delivery ${stormId}, does not show it as it is.`),
    });
  });

  it('foretells as the dispatcher does what a storm takes in', async () => {
    await flood(4);
    expect(await foretold(await accept(5))).toEqual({ told: 'look', isTakenIn: true });
    await change(`settings = '{"stormThreshold":0}'`);
    expect(await foretold(await accept(6))).toEqual({ told: 'post', isTakenIn: false });
  });

  it('foretells that what probes a failing integration goes by itself, also in a storm', async () => {
    const issueId = await accept(1);
    const { id } = await harness.delivery(integrationId);
    await change(
      `storm_id = 's', storm_until = $2, health = 'failing', health_reason = 'Refused.', probe_delivery_id = $3`,
      inAMinute(),
      id,
    );
    expect(await foretold(issueId)).toEqual({ told: 'post', isTakenIn: false });
  });

  it('says that it waits for its turn, and when that comes', async () => {
    await change(`settings = '{"stormThreshold":0}'`);
    const paced = harness.createPipeline({}, { SPILLWAY_SLACK_POST_INTERVAL: 1_000 });
    const ids = await flood(3, paced);
    const told = await Promise.all(ids.map(explained));
    const waiting = told.filter(({ decisions }) => decisions.some(({ step }) => step === 'pace'));
    expect(waiting).toHaveLength(2);
    for (const { decisions, next, summary } of waiting) {
      const pace = decisions.filter(({ step }) => step === 'pace');
      expect(pace).toMatchObject([{ ok: false, at: next.at }]);
      expect(new Date(next.at!) > harness.clock.now()).toBe(true);
      expect(next.do).toBe('post');
      expect(summary).toContain(`its turn comes at ${next.at!}`);
    }
  });
});
