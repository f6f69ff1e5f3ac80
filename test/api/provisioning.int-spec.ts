import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { SlackStandIn } from '../../apps/sandbox/slack/index.js';
import { startApiApp, type ApiApp } from './api-app.js';
import { ApiClient } from './api-client.js';

let api: ApiApp;
let client: ApiClient;
let slack: SlackStandIn;
let path: string;
let cluster: string;
let clusterId: string;

beforeAll(async () => {
  slack = new SlackStandIn();
  await slack.start();
  api = await startApiApp({ environment: { SLACK_API_URL: slack.apiUrl } });
  client = new ApiClient(api.app);
  await client.signIn();
});
beforeEach(async () => {
  ({ path } = await client.tenant());
  const body = { name: 'orders-db', nodes: [{ address: 'https://n1.example.com:2113' }] };
  clusterId = (await client.call('POST', `/hub/v1/${path}/clusters`, body)).json.id;
  cluster = `/hub/v1/${path}/clusters/${clusterId}`;
});
afterAll(async () => {
  await api.close();
  await slack.stop();
});

const report = (step: unknown, outcome: unknown) =>
  client.call('POST', `${cluster}/provisioning`, { step, outcome });
const notifications = async () =>
  (await client.call('GET', `/hub/v1/${path}/notifications`)).json.notifications;

describe('a report of provisioning', () => {
  it.each([
    ['instances', 'Cluster instances failed to provision'],
    ['volumes', 'Cluster volumes failed to provision'],
  ])(
    'that %s failed marks the cluster defunct and owes every integration exactly: %s',
    async (step, message) => {
      const data = {
        sink: 'slack',
        source: 'notifications',
        channelId: '#alerts',
        token: 'xoxb-token-of-the-test',
      };
      await client.call('POST', `/integrate/v1/${path}/integrations`, { description: 'alerts', data });
      const { status, json } = await report(step, 'failed');
      expect([status, json]).toEqual([202, { status: 'defunct', notificationId: expect.any(String) }]);
      const id = json.notificationId;
      const acceptedAt = api.clock.now().toISOString();
      expect(await notifications()).toEqual([
        { id, clusterId, severity: 'critical', title: null, message, acceptedAt },
      ]);
      const owed = await api.database.query(
        'SELECT subject_type, sink FROM deliveries WHERE subject_id = $1',
        [id],
      );
      expect(owed).toEqual([{ subject_type: 'notification', sink: 'slack' }]);
      expect((await client.call('GET', cluster)).json).toMatchObject({
        status: 'defunct',
        provisioning: { [step]: { outcome: 'failed', at: acceptedAt } },
      });
    },
  );

  it('that succeeded makes it available and sends nothing', async () => {
    await report('volumes', 'failed');
    const { status, json } = await report('instances', 'succeeded');
    expect([status, json]).toEqual([202, { status: 'available' }]);
    expect(await notifications()).toHaveLength(1);
    expect((await client.call('GET', cluster)).json.status).toBe('available');
    expect((await client.call('GET', `/hub/v1/${path}/clusters`)).json.clusters[0].status).toBe('available');
  });

  it('sends every failure: a new attempt that failed is news', async () => {
    await report('instances', 'failed');
    await report('instances', 'failed');
    expect(await notifications()).toHaveLength(2);
  });

  it('leaves the cluster as it is otherwise, and watched', async () => {
    await report('instances', 'failed');
    const { json } = await client.call('PATCH', cluster, { name: 'renamed' });
    expect(json).toMatchObject({ name: 'renamed', status: 'defunct' });
    const watched = 'SELECT 1 FROM clusters WHERE id = $1 AND deleted_at IS NULL';
    expect(await api.database.query(watched, [clusterId])).toHaveLength(1);
  });

  it('of two at once loses neither', async () => {
    await Promise.all([report('volumes', 'failed'), report('instances', 'failed')]);
    const { provisioning } = (await client.call('GET', cluster)).json;
    expect(Object.keys(provisioning).sort()).toEqual(['instances', 'volumes']);
  });

  it.each([
    ['another step', 'network', 'failed', 'step'],
    ['no step', undefined, 'failed', 'step'],
    ['another outcome', 'instances', 'pending', 'outcome'],
    ['no outcome', 'instances', undefined, 'outcome'],
  ])('with %s is refused, naming the field, and nothing is sent', async (_what, step, outcome, field) => {
    const answer = await report(step, outcome);
    expect([answer.status, Object.keys(answer.json.fields)]).toEqual([400, [field]]);
    expect(await notifications()).toEqual([]);
  });

  it('of a cluster that is not there, or of another project, is not found and sends nothing', async () => {
    const other = (await client.tenant()).path;
    for (const url of [
      `/hub/v1/${other}/clusters/${clusterId}`,
      `/hub/v1/${path}/clusters/${'0'.repeat(20)}`,
    ]) {
      const body = { step: 'instances', outcome: 'failed' };
      expect((await client.call('POST', `${url}/provisioning`, body)).status).toBe(404);
    }
    const sent = await client.call('GET', `/hub/v1/${other}/notifications`);
    expect([sent.json.notifications, await notifications()]).toEqual([[], []]);
    expect((await client.call('GET', cluster)).json.status).toBe('available');
  });
});
