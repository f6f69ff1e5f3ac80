import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { newId } from '../../libs/domain/index.js';
import { startApiApp, type ApiApp } from './api-app.js';
import { ApiClient } from './api-client.js';
import { callAs, person, type Person } from './people.js';
import { SAMPLE_SLACK } from './sample-tenant.js';

let api: ApiApp;
let client: ApiClient;
let organizationId: string;
let path: string;
let admin: Person;

beforeAll(async () => {
  api = await startApiApp();
  client = new ApiClient(api.app);
  await client.signIn();
});
beforeEach(async () => {
  ({ organizationId, path } = await client.tenant());
  admin = await person(api, { organizationId, role: 'admin' });
});
afterAll(() => api.close());

const integration = async (data: object = SAMPLE_SLACK): Promise<string> =>
  (await client.call('POST', `/integrate/v1/${path}/integrations`, { data })).json.id;
const drill = (id: string) => callAs(client, admin)('POST', `/hub/v1/${path}/integrations/${id}/drill`);
const drills = (id: string, query = '') =>
  client.call('GET', `/hub/v1/${path}/integrations/${id}/drills${query}`);
const set = (id: string, columns: string) =>
  api.database.query(`UPDATE integrations SET ${columns} WHERE id = $1`, [id]);

describe('a fire drill', () => {
  it('is started: the answer says where it is, and its first step is accepted', async () => {
    const id = await integration();
    const { status, json, headers } = await drill(id);
    expect([status, Object.keys(json)]).toEqual([202, ['id']]);
    const found = await client.call('GET', String(headers['location']));
    const now = api.clock.now().toISOString();
    const unconfirmed = { confirmedAt: null, latencyMs: null, attempts: 0, httpStatus: null };
    expect(found.json).toEqual({
      id: json.id,
      status: 'running',
      startedAt: now,
      finishedAt: null,
      startedBy: admin.email,
      reason: null,
      steps: [{ step: 'opened', acceptedAt: now, ...unconfirmed }],
    });
    const health = (await client.call('GET', `/hub/v1/${path}/integrations/${id}/health`)).json;
    expect(health.drill).toEqual({ id: json.id, status: 'running', startedAt: now });
  });

  it('concerns its own integration only, and is in its ledger', async () => {
    const [id, other] = [await integration(), await integration()];
    await drill(id);
    const ledger = async (of: string) =>
      (await client.call('GET', `/hub/v1/${path}/integrations/${of}/ledger`)).json;
    expect(await ledger(id)).toMatchObject({ accepted: 1, balanced: true });
    expect(await ledger(other)).toMatchObject({ accepted: 0, balanced: true });
  });

  it('is not among the issues unless its kind is asked for', async () => {
    await drill(await integration());
    const issues = async (query: string) =>
      (await client.call('GET', `/hub/v1/${path}/issues${query}`)).json.issues;
    expect(await issues('')).toEqual([]);
    expect(await issues('?status=open')).toEqual([]);
    expect(await issues('?kind=fire-drill')).toEqual([
      expect.objectContaining({
        kind: 'fire-drill',
        severity: 'info',
        message: expect.stringMatching(/^FIRE DRILL/),
      }),
    ]);
  });

  it('of an integration of notifications is one notification, which is not listed', async () => {
    const id = await integration({ ...SAMPLE_SLACK, source: 'notifications' });
    const { headers } = await drill(id);
    const { json } = await client.call('GET', String(headers['location']));
    expect(json.steps.map(({ step }: { step: string }) => step)).toEqual(['sent']);
    expect((await client.call('GET', `/hub/v1/${path}/notifications`)).json.notifications).toEqual([]);
  });

  it('is recorded as a deed', async () => {
    await drill(await integration());
    const { logs } = (await client.call('GET', `/audit/v1/organizations/${organizationId}/log`)).json;
    expect(logs[0]).toMatchObject({ action: 'integration.drilled' });
  });

  it('is refused while another runs, also when both are asked for at once', async () => {
    const id = await integration();
    const answers = await Promise.all([drill(id), drill(id), drill(id)]);
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([202, 409, 409]);
    expect((await drill(id)).json.detail).toBe('A drill of it is running already.');
  });

  it('is refused with advice where nothing would arrive', async () => {
    const [paused, failing, deleted] = [await integration(), await integration(), await integration()];
    await set(paused, `paused_at = now()`);
    await set(failing, `health = 'failing', health_reason = 'The token was revoked.'`);
    await client.call('DELETE', `/integrate/v1/${path}/integrations/${deleted}`);
    const answers = [await drill(paused), await drill(failing), await drill(deleted)];
    expect(answers.map(({ status, json }) => [status, json.detail])).toEqual([
      [409, 'The integration is paused: resume it first.'],
      [
        409,
        'The integration is failing (The token was revoked.): mend it, test it or resume it, then drill it.',
      ],
      [409, 'The integration is deleted.'],
    ]);
    expect((await drill(newId())).status).toBe(404);
  });

  it('is refused of logs and metrics, which have none', async () => {
    const secret = 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY';
    const keys = { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: secret };
    const place = { sink: 'awsCloudWatchLogs', source: 'logs', groupName: 'g', region: 'eu-west-1' };
    const { status, json } = await drill(await integration({ ...place, ...keys }));
    const detail = 'An integration of logs has no fire drills: they are of issues and notifications.';
    expect([status, json.detail]).toEqual([409, detail]);
  });

  it('is not started by a member, who may see it', async () => {
    const id = await integration();
    const member = await person(api, { organizationId });
    const url = `/hub/v1/${path}/integrations/${id}`;
    expect((await callAs(client, member)('POST', `${url}/drill`)).status).toBe(403);
    expect((await callAs(client, member)('GET', `${url}/drills`)).json).toEqual({ drills: [], next: null });
  });

  it('is listed in pages, newest first', async () => {
    const id = await integration();
    const made: string[] = [];
    for (let n = 0; n < 3; n += 1) {
      made.push((await drill(id)).json.id);
      await api.database.query(`UPDATE drills SET status = 'passed', finished_at = now()`);
      api.clock.advance(1_000);
    }
    const first = (await drills(id, '?limit=2')).json;
    const second = (await drills(id, `?limit=2&after=${first.next}`)).json;
    const listed = [...first.drills, ...second.drills].map((one: { id: string }) => one.id);
    expect([listed, second.next]).toEqual([made.toReversed(), null]);
    expect((await drills(newId())).status).toBe(404);
    const { status, json } = await client.call('GET', `/hub/v1/${path}/integrations/${id}/drills/${newId()}`);
    expect([status, json.detail]).toEqual([404, 'There is no such drill.']);
  });
});
