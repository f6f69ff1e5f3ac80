import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startApiApp, type ApiApp } from './api-app.js';
import { ApiClient } from './api-client.js';
import { owingProject, type OwingProject } from './owed-deliveries.js';

const UNKNOWN_ID = '00000000000000000000';
const ISSUE = { kind: 'backup', severity: 'warning' };

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

const explained = (issueId: string, query = '') =>
  client.call('GET', `${project.path}/issues/${issueId}/explain${query}`);
const supposed = (body: unknown, query = '') => client.call('POST', `${project.path}/explain${query}`, body);

describe('an explanation', () => {
  it('has exactly the documented members', async () => {
    const issueId = await project.issue();
    const { status, json } = await explained(issueId);
    expect(status).toBe(200);
    const at = api.clock.now().toISOString();
    expect(json).toEqual({
      issueId,
      integrations: [
        {
          integrationId: project.integrationId,
          description: '',
          sink: 'slack',
          deliveryId: expect.any(String),
          summary: `The sink shows nothing of it. It is posted at ${at}.`,
          decisions: expect.any(Array),
          next: { do: 'post', at },
        },
      ],
      next: null,
    });
    for (const decision of json.integrations[0].decisions) {
      expect(decision).toMatchObject({
        step: expect.any(String),
        ok: expect.any(Boolean),
        text: expect.stringMatching(/\.$/),
      });
    }
  });

  it('may be asked of one integration', async () => {
    const issueId = await project.issue();
    const { json } = await explained(issueId, `?integration=${project.integrationId}`);
    expect(json.integrations).toHaveLength(1);
    expect((await explained(issueId, `?integration=${UNKNOWN_ID}`)).status).toBe(404);
    expect((await explained(UNKNOWN_ID)).status).toBe(404);
    expect(Object.keys((await explained(issueId, '?integration=x')).json.fields)).toEqual(['integration']);
  });

  it('tells nothing of other projects', async () => {
    const issueId = await project.issue();
    const { integrationId } = project;
    project = await owingProject(api, client);
    expect((await explained(issueId)).status).toBe(404);
    expect((await explained(await project.issue(), `?integration=${integrationId}`)).status).toBe(404);
  });
});

describe('an explanation of what there is not', () => {
  it('says of each integration what it would do', async () => {
    const { status, json } = await supposed({ issue: ISSUE });
    expect(status).toBe(200);
    expect(json).toEqual({
      integrations: [
        {
          integrationId: project.integrationId,
          description: '',
          sink: 'slack',
          do: 'post',
          because: null,
          reason: 'It would be posted at once.',
          at: api.clock.now().toISOString(),
        },
      ],
      next: null,
    });
    const notification = { notification: { severity: 'info' } };
    expect((await supposed(notification)).json.integrations).toMatchObject([
      { do: 'nothing', because: 'source', at: null },
    ]);
  });

  it.each([
    ['nothing', {}, 'body'],
    ['two things', { issue: ISSUE, notification: { severity: 'info' } }, 'body'],
    ['an issue without a kind', { issue: { severity: 'info' } }, 'issue.kind'],
    ['another severity', { notification: { severity: 'fatal' } }, 'notification.severity'],
    ['an unknown cluster', { issue: { ...ISSUE, clusterId: UNKNOWN_ID } }, 'issue.clusterId'],
    ['an unknown node', { issue: { ...ISSUE, nodeId: UNKNOWN_ID } }, 'issue.nodeId'],
    [
      'a cluster of nobody',
      { notification: { severity: 'info', clusterId: UNKNOWN_ID } },
      'notification.clusterId',
    ],
  ])('with %s is refused, naming the field', async (_what, body, field) => {
    const answer = await supposed(body);
    expect(answer.status).toBe(400);
    expect(Object.keys(answer.json.fields)).toEqual([field]);
  });
});
