import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startApiApp, type ApiApp } from './api-app.js';
import { ApiClient } from './api-client.js';
import { callAs, person, type Person } from './people.js';

let api: ApiApp;
let client: ApiClient;
let organizationId: string;
let project: string;
let issueId: string;
let member: Person;

beforeAll(async () => {
  api = await startApiApp();
  client = new ApiClient(api.app);
  await client.signIn();
});
beforeEach(async () => {
  const tenant = await client.tenant();
  ({ organizationId } = tenant);
  project = `/hub/v1/${tenant.path}`;
  issueId = await report('open');
  member = await person(api, { organizationId });
});
afterAll(() => api.close());

async function report(event: string, severity = 'warning'): Promise<string> {
  const body = { key: 'backup', event, kind: 'backup-overdue', severity, message: 'It is late.' };
  return (await client.call('POST', `${project}/issues/events`, body)).json.issueId;
}

const acknowledge = (by: Person, id = issueId) =>
  callAs(client, by)('POST', `${project}/issues/${id}/acknowledge`);
const withdraw = (by: Person, id = issueId) =>
  callAs(client, by)('DELETE', `${project}/issues/${id}/acknowledge`);
const acknowledged = async () => (await client.call('GET', `${project}/issues/${issueId}`)).json.acknowledged;
const actions = async () =>
  (await client.call('GET', `/audit/v1/organizations/${organizationId}/log`)).json.logs
    .map(({ action }: { action: string }) => action)
    .filter((action: string) => action.startsWith('issue.'));

describe('an issue', () => {
  it('is acknowledged by a member, who is shown wherever it is', async () => {
    expect(await acknowledged()).toBeNull();
    const { status, json } = await acknowledge(member);
    const expected = { at: api.clock.now().toISOString(), by: member.email };
    expect([status, json.id, json.acknowledged]).toEqual([200, issueId, expected]);
    expect(await acknowledged()).toEqual(expected);
    expect((await client.call('GET', `${project}/issues`)).json.issues[0].acknowledged).toEqual(expected);
  });

  it('keeps who acknowledged it first', async () => {
    const first = (await acknowledge(member)).json.acknowledged;
    api.clock.advance(1_000);
    const other = await person(api, { organizationId });
    expect((await acknowledge(other)).json.acknowledged).toEqual(first);
    expect(await acknowledged()).toEqual(first);
    expect(await actions()).toEqual(['issue.acknowledged']);
  });

  it('is acknowledged by one of many who do so at once: all are shown the same name, and it is one deed', async () => {
    const others = await Promise.all(Array.from({ length: 3 }, () => person(api, { organizationId })));
    const answers = await Promise.all([member, ...others].map((one) => acknowledge(one)));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    const { by } = await acknowledged();
    expect(answers.map(({ json }) => json.acknowledged.by)).toEqual([by, by, by, by]);
    expect(await actions()).toEqual(['issue.acknowledged']);
  });

  it('is not acknowledged any more when that was taken back', async () => {
    await acknowledge(member);
    const other = await person(api, { organizationId });
    const { status, json } = await withdraw(other);
    expect([status, json.acknowledged, await acknowledged()]).toEqual([200, null, null]);
    expect((await withdraw(other)).status).toBe(200);
    expect(await actions()).toEqual(['issue.unacknowledged', 'issue.acknowledged']);
  });

  it('that is closed cannot be acknowledged, and shows who did before', async () => {
    await acknowledge(member);
    await report('closed');
    expect((await acknowledge(member)).status).toBe(409);
    expect((await withdraw(member)).status).toBe(409);
    expect((await acknowledged()).by).toBe(member.email);
  });

  it('stays acknowledged while it is as bad, and no more once it becomes critical', async () => {
    await acknowledge(member);
    await report('open');
    expect((await acknowledged()).by).toBe(member.email);
    await report('open', 'critical');
    expect(await acknowledged()).toBeNull();
    await acknowledge(member);
    await report('open', 'critical');
    await report('open', 'warning');
    expect((await acknowledged()).by).toBe(member.email);
  });

  it('of another project or organization is not found', async () => {
    const other = await client.tenant();
    const url = `/hub/v1/${other.path}/issues/${issueId}/acknowledge`;
    expect((await client.call('POST', url)).json.detail).toBe('There is no such issue.');
    expect((await client.call('DELETE', url)).status).toBe(404);
    const stranger = await person(api);
    expect((await acknowledge(stranger)).json.detail).toBe('There is no such project.');
    for (const id of ['x', '0'.repeat(20)]) expect((await acknowledge(member, id)).status).toBe(404);
    expect(await acknowledged()).toBeNull();
  });
});
