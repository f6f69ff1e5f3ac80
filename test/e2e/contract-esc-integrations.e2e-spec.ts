import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EscClient } from './support/esc-client.js';
import { esc } from './support/esc-decoders.js';
import { problemOf, SLACK_TOKEN, startEscStage, UNKNOWN_ID, type EscStage } from './support/esc-stage.js';

let stage: EscStage;
let client: EscClient;
let organization: string;
let project: string;
let organizationId: string;
let projectId: string;

beforeAll(async () => {
  stage = await startEscStage();
  ({ client, organization, project, organizationId, projectId } = stage);
});
afterAll(() => stage?.stop());

describe('esc integrations', () => {
  const all = () => `/integrate/v1/${project}/integrations`;
  const slackData = { sink: 'slack', channelId: '#alerts', token: SLACK_TOKEN };
  const datas = {
    slack: slackData,
    'slack for notifications': { ...slackData, source: 'notifications' },
    opsGenie: { sink: 'opsGenie', apiKey: '7a1c0b42-0f4d-4f5e-9f3a-5d5a5d5a5d5a' },
    awsCloudWatchLogs: {
      sink: 'awsCloudWatchLogs',
      source: 'logs',
      groupName: '/a/b',
      region: 'eu-west-1',
      accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
      secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
    },
    awsCloudWatchMetrics: {
      sink: 'awsCloudWatchMetrics',
      source: 'metrics',
      namespace: 'spillway',
      region: 'eu-west-1',
      clusterIds: [],
      accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
      secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
    },
  };

  it.each(Object.entries(datas))('creates, gets, lists, updates and deletes %s', async (_name, data) => {
    const { id } = await client.read(esc.created, 'POST', all(), { description: 'alerts', data });
    const path = `${all()}/${id}`;
    const { integration } = await client.read(esc.integration, 'GET', path);
    expect(integration).toMatchObject({
      id,
      organizationId,
      projectId,
      status: 'active',
      description: 'alerts',
    });
    expect(integration.data.source).toMatch(/^(issues|notifications|logs|metrics)$/);

    // The CLI sends the description, or nothing; whatever flags were given.
    expect(await client.call('PUT', path, {})).toMatchObject({ status: 204, body: '' });
    await client.call('PUT', path, { description: 'other' });
    const { integrations } = await client.read(esc.integrations, 'GET', all());
    expect(integrations.find((one) => one.id === id)).toMatchObject({
      description: 'other',
      data: integration.data,
    });

    expect(await client.call('DELETE', path)).toMatchObject({ status: 204, body: '' });
    const tombstone = await client.read(esc.integration, 'GET', path);
    expect(tombstone.integration).toMatchObject({ status: 'deleted', data: integration.data });
    expect((await client.read(esc.integrations, 'GET', all())).integrations).toEqual([]);
  });

  it('tests one, without a body', async () => {
    const create = async (data: object) =>
      (await client.read(esc.created, 'POST', all(), { description: '', data })).id;
    const good = await create(slackData);
    expect(await client.call('POST', `${all()}/${good}/test`)).toMatchObject({ status: 204, body: '' });
    const bad = await create({ ...slackData, token: 'xoxb-nobody' });
    expect((await problemOf(client.call('POST', `${all()}/${bad}/test`))).status).toBe(400);
    for (const id of [good, bad]) await client.call('DELETE', `${all()}/${id}`);
  });

  it('could be told what may be created', async () => {
    const path = `/integrate/v1/${organization}/integrations/options`;
    const { sources } = await client.read(esc.options, 'GET', path);
    expect(sources.map(({ id }) => id).sort()).toEqual(['issues', 'logs', 'metrics', 'notifications']);
  });

  it('shows every problem in full', async () => {
    const unknown = `${all()}/${UNKNOWN_ID}`;
    const foreign = `/integrate/v1/organizations/${UNKNOWN_ID}/projects/${projectId}/integrations`;
    const problems = [
      await problemOf(client.call('POST', all(), { description: '', data: { sink: 'telex' } })),
      await problemOf(client.call('POST', all())),
      await problemOf(client.call('GET', unknown)),
      await problemOf(client.call('DELETE', unknown)),
      await problemOf(client.call('PUT', unknown, {})),
      await problemOf(client.call('POST', `${unknown}/test`)),
      await problemOf(client.call('GET', foreign)),
      await problemOf(client.call('GET', '/integrate/v2/nowhere')),
      await problemOf(client.call('GET', `/integrate/v1/${project}/integrations/a+b`)),
    ];
    expect(problems.map(({ status }) => status)).toEqual([400, 400, 404, 404, 404, 404, 404, 404, 404]);
    for (const { status, problem } of problems) expect(problem.status).toBe(status);
    expect(problems[0]?.problem.fields).toHaveProperty(['data.sink']);
    const { token } = client;
    client.token = { ...token!, access_token: 'nonsense' };
    expect((await problemOf(client.call('GET', all()))).status).toBe(401);
    client.token = token;
  });
});
