import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { OpsGenieStandIn } from '../../apps/sandbox/opsgenie/index.js';
import { shownBy } from '../../apps/sandbox/slack/index.js';
import { waitUntil } from '../../libs/testing/index.js';
import { CHANNEL, CLOSED_COLOR, SLACK_TOKEN, World } from './support/world.js';

const API_KEY = 'planted-opsgenie-key';
const NEWS_TOKEN = 'xoxb-e2e-news-token';

interface Drill {
  readonly status: 'running' | 'passed' | 'failed';
  readonly reason: string | null;
  readonly steps: readonly {
    readonly step: string;
    readonly latencyMs: number;
    readonly httpStatus: number;
  }[];
}

describe('a fire drill', () => {
  let world: World;
  let opsGenie: OpsGenieStandIn;
  beforeEach(async () => {
    opsGenie = new OpsGenieStandIn();
    opsGenie.addKey(API_KEY);
    await opsGenie.start();
    world = await World.start({ OPSGENIE_API_URL: opsGenie.url });
  });
  afterEach(async () => {
    await world?.stop();
    await opsGenie.stop();
  });

  /** Resolves with the drill as it is when it has ended. */
  async function drilled(integrationId: string): Promise<Drill> {
    const url = world.project.integration(integrationId);
    const { id } = await world.client.call<{ id: string }>('POST', `${url}/drill`);
    const drill = (): Promise<Drill> => world.client.call('GET', `${url}/drills/${id}`);
    await waitUntil(async () => (await drill()).status !== 'running', {
      what: 'the drill to end',
      timeoutMs: 60_000,
      intervalMs: 100,
    });
    return drill();
  }

  it('opens, updates and closes one message at Slack, and tells how long each step took', async () => {
    const { status, steps } = await drilled(world.integrationId);
    expect(status).toBe('passed');
    expect(steps.map(({ step, httpStatus }) => [step, httpStatus])).toEqual([
      ['opened', 200],
      ['updated', 200],
      ['closed', 200],
    ]);
    for (const { latencyMs } of steps) expect(latencyMs).toBeLessThan(5_000);
    await world.untilColors(CLOSED_COLOR);
    expect(world.messages[0]!.revisions).toHaveLength(3);
    expect(JSON.stringify(shownBy(world.messages[0]!))).toContain('FIRE DRILL');
    expect(await world.project.issues()).toEqual([]);
  });

  it('is over at OpsGenie when the closed alert was read back', async () => {
    const data = { sink: 'opsGenie', source: 'issues', apiKey: API_KEY };
    const { status, steps } = await drilled(await world.project.addIntegration(data));
    expect([status, steps.map(({ step }) => step)]).toEqual(['passed', ['opened', 'updated', 'closed']]);
    expect(opsGenie.alerts.map((alert) => alert.status)).toEqual(['closed']);
    const operations = opsGenie.calls.map(({ operation }) => operation);
    expect(operations.lastIndexOf('get-alert')).toBeGreaterThan(operations.indexOf('close'));
    const read = opsGenie.calls.filter(({ operation }) => operation === 'get-alert');
    expect(read.map(({ answer }) => answer?.status)).toEqual([404]);
  });

  it('that the sink does not let in fails, and the other integrations tell the project', async () => {
    world.slack.workspace.addToken(NEWS_TOKEN, { userId: 'U2', botId: 'B2' });
    world.slack.workspace.addChannel('news');
    await world.project.addSlack('#news', NEWS_TOKEN, 'notifications');
    world.slack.workspace.revokeToken(SLACK_TOKEN);
    const { status, reason } = await drilled(world.integrationId);
    expect([status, reason]).toEqual(['failed', expect.stringContaining('put in a new one')]);
    const news = () => JSON.stringify(world.slack.workspace.visibleMessages('news').map(shownBy));
    await world.slack.waitFor(() => news().includes('Integration failing'), 15_000);
    world.slack.workspace.addToken(SLACK_TOKEN, { userId: 'U1', botId: 'B1' });
    await world.project.resume(world.integrationId);
    await world.slack.waitFor(() => news().includes('Integration recovered'), 15_000);
    await world.untilSettled();
    expect((await drilled(world.integrationId)).status).toBe('passed');
    expect(world.slack.workspace.visibleMessages('news')).toHaveLength(2);
  });

  it('of a paused integration is refused; what comes meanwhile waits, and goes when it is resumed', async () => {
    const url = world.project.integration(world.integrationId);
    await world.client.call('POST', `${url}/pause`, { reason: 'We move.' });
    expect((await world.client.request('POST', `${url}/drill`)).status).toBe(409);
    const disk = { key: 'disk', event: 'open', kind: 'disk-usage', severity: 'warning', message: '85 %' };
    await world.project.report(disk);
    await waitUntil(async () => (await world.project.ledger(world.integrationId)).parked === 1, {
      what: 'the issue to be parked',
      timeoutMs: 15_000,
    });
    expect(world.slack.workspace.visibleMessages(CHANNEL)).toEqual([]);
    await world.project.resume(world.integrationId);
    await world.untilSettled();
    expect(world.messages).toHaveLength(1);
  });
});
