import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startApiApp, type ApiApp } from './api-app.js';
import { ApiClient } from './api-client.js';
import { DELIVERED, owingProject, REFUSED, type OwingProject } from './owed-deliveries.js';

const UNKNOWN_ID = '00000000000000000000';

let api: ApiApp;
let client: ApiClient;
let project: OwingProject;

beforeAll(async () => {
  api = await startApiApp();
  client = new ApiClient(api.app);
  await client.signIn();
});
beforeEach(async () => {
  project = await owingProject(api, client);
});
afterAll(() => api.close());

const replay = (body: unknown) => client.call('POST', `${project.integration}/replay`, body);
const outcomes = async () =>
  (await client.call('GET', `${project.integration}/deliveries`)).json.deliveries.map(
    ({ outcome }: { outcome: string }) => outcome,
  );
const deeds = async () => {
  const [, organization] = /organizations\/(\w+)/.exec(project.path)!;
  const { json } = await client.call('GET', `/audit/v1/organizations/${organization}/log`);
  return json.logs.filter(({ action }: { action: string }) => action === 'integration.replayed');
};

describe('a replay', () => {
  it('answers with exactly the documented members, and is a deed', async () => {
    const issueId = await project.issue();
    const deliveryId = await project.worked(issueId, REFUSED);
    const { status, json } = await replay({ filter: { outcome: 'rejected', kind: 'backup' } });
    expect(status).toBe(200);
    expect(json).toEqual({
      dryRun: false,
      counts: { post: 1, update: 0, close: 0, send: 0, nothing: 0, busy: 0 },
      items: [
        {
          deliveryId,
          subject: { type: 'issue', id: issueId },
          do: 'post',
          reason: 'It is open and not shown: it is posted as it is now.',
        },
      ],
      more: false,
      next: null,
    });
    expect(await outcomes()).toEqual(['inFlight']);
    expect(await deeds()).toMatchObject([
      { service: 'hub', message: expect.stringContaining('was replayed') },
    ]);
  });

  it('says in a dry run what it would do, and does nothing', async () => {
    await project.worked(await project.issue(), REFUSED);
    expect((await replay({ filter: {}, dryRun: true })).json).toMatchObject({
      dryRun: true,
      counts: { post: 1 },
    });
    expect(await outcomes()).toEqual(['rejected']);
    expect(await deeds()).toEqual([]);
  });

  it('of one delivery tells the sink again what it shows; by a filter it does not', async () => {
    const deliveryId = await project.worked(await project.issue(), DELIVERED);
    expect((await replay({ filter: {} })).json.counts).toMatchObject({ nothing: 1 });
    expect((await replay({ deliveryId })).json.counts).toMatchObject({ update: 1 });
  });

  it('shows an integration everything that is open since a time, also from before it was created', async () => {
    const since = api.clock.now().toISOString();
    const issueId = await project.issue();
    const { path } = project;
    const created = await client.call('POST', `${path.replace('/hub/', '/integrate/')}/integrations`, {
      data: { sink: 'opsGenie', source: 'issues', apiKey: 'a-key-of-tests' },
    });
    project = { ...project, integration: `${path}/integrations/${created.json.id}` };
    expect((await replay({ since })).json).toMatchObject({
      counts: { post: 1 },
      items: [{ subject: { id: issueId }, do: 'post', deliveryId: expect.any(String) }],
    });
    expect(await outcomes()).toEqual(['inFlight']);
  });

  it.each([
    ['nothing', {}, 'body'],
    ['two things', { deliveryId: 'd', filter: {} }, 'body'],
    ['a member that there is not', { filter: {}, everything: true }, 'everything'],
    ['a filter that there is not', { filter: { colour: 'red' } }, 'filter.colour'],
    ['another outcome', { filter: { outcome: 'lost' } }, 'filter.outcome'],
    ['a time that is none', { since: 'yesterday' }, 'since'],
    ['a year out of reach', { since: '0000-01-01T00:00:00Z' }, 'since'],
    ['a cursor of nobody', { filter: {}, after: 'x' }, 'after'],
    ['a cursor of issues beside a filter', { filter: {}, after: `issue-${UNKNOWN_ID}` }, 'after'],
    ['a cursor of no issue', { since: '2026-01-01T00:00:00Z', after: 'issue-zzz' }, 'after'],
  ])('that asks for %s is refused, naming the field', async (_what, body, field) => {
    const answer = await replay(body);
    expect(answer.status).toBe(400);
    expect(Object.keys(answer.json.fields)).toEqual([field]);
  });

  it('of what there is not is not found, and through a deleted integration it contradicts', async () => {
    expect((await replay({ deliveryId: UNKNOWN_ID })).status).toBe(404);
    const integrate = project.integration.replace('/hub/', '/integrate/');
    await client.call('DELETE', integrate);
    const answer = await replay({ filter: {} });
    expect([answer.status, answer.json.detail]).toEqual([
      409,
      'The integration was deleted: nothing goes through it.',
    ]);
  });

  it('of a stream goes from a time on, and knows no single deliveries', async () => {
    const { path } = project;
    const data = {
      sink: 'awsCloudWatchLogs',
      accessKeyId: 'AKIAEXAMPLEEXAMPLE',
      secretAccessKey: 'secret-of-tests',
      groupName: 'logs',
      region: 'eu-west-1',
      clusterIds: [],
    };
    const created = await client.call('POST', `${path.replace('/hub/', '/integrate/')}/integrations`, {
      data,
    });
    expect(created.status, created.text).toBeLessThan(300);
    project = { ...project, integration: `${path}/integrations/${created.json.id}` };
    const refused = await replay({ filter: {} });
    expect([refused.status, Object.keys(refused.json.fields)]).toEqual([400, ['since']]);
    const since = new Date(0).toISOString();
    expect((await replay({ since })).json).toMatchObject({ counts: { send: 0 }, more: false });
  });
});
