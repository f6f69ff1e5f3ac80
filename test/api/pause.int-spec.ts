import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startApiApp, type ApiApp } from './api-app.js';
import { ApiClient } from './api-client.js';
import { callAs, person, type Person } from './people.js';
import { SAMPLE_SLACK } from './sample-tenant.js';

let api: ApiApp;
let client: ApiClient;
let organizationId: string;
let path: string;
let id: string;
let admin: Person;

beforeAll(async () => {
  api = await startApiApp();
  client = new ApiClient(api.app);
  await client.signIn();
});
beforeEach(async () => {
  const tenant = await client.tenant();
  ({ organizationId, path } = tenant);
  id = (await client.call('POST', `/integrate/v1/${path}/integrations`, { data: SAMPLE_SLACK })).json.id;
  admin = await person(api, { organizationId, role: 'admin' });
});
afterAll(() => api.close());

const integration = () => `/hub/v1/${path}/integrations/${id}`;
const pause = (body?: unknown, by = admin) => callAs(client, by)('POST', `${integration()}/pause`, body);
const resume = (by = admin) => callAs(client, by)('POST', `${integration()}/resume`);
const health = async () => (await client.call('GET', `${integration()}/health`)).json;
const ledger = async () => (await client.call('GET', `${integration()}/ledger`)).json;
async function report(key: string): Promise<void> {
  const event = { key, event: 'open', kind: 'backup', severity: 'warning', message: 'It is late.' };
  await client.call('POST', `/hub/v1/${path}/issues/events`, event);
}
const deeds = async () =>
  (await client.call('GET', `/audit/v1/organizations/${organizationId}/log`)).json.logs
    .filter(({ action }: { action: string }) => /^integration\.(paused|resumed)$/.test(action))
    .map(({ action, message }: { action: string; message: string }) => [action, message]);

describe('an integration', () => {
  it('is paused: health says by whom and why, and what it owes is parked at once', async () => {
    await report('a');
    const { status, json } = await pause({ reason: 'We move to another workspace.' });
    expect(status).toBe(200);
    expect(json).toMatchObject({
      health: 'paused',
      code: 'paused',
      since: api.clock.now().toISOString(),
      reason: `${admin.email} paused it (We move to another workspace.): what comes for it waits until it is resumed.`,
      pausedBy: admin.email,
      backlog: { units: 1, parked: 1 },
      probeAt: null,
    });
    expect(await ledger()).toMatchObject({ parked: 1, inFlight: 0, balanced: true });
  });

  it('takes in what comes while it is paused', async () => {
    await pause();
    await report('a');
    expect(await ledger()).toMatchObject({ accepted: 1, balanced: true });
    expect((await health()).backlog.units).toBe(1);
  });

  it('goes on when it is resumed, with everything that was parked', async () => {
    await report('a');
    await pause();
    const { status, json } = await resume();
    expect([status, json.health, json.backlog.parked]).toEqual([200, 'healthy', 0]);
    const due = await api.database.query(
      'SELECT 1 FROM deliveries WHERE integration_id = $1 AND due_at <= $2',
      [id, api.clock.now()],
    );
    expect(due).toHaveLength(1);
  });

  it('is paused once and resumed once, whoever repeats it', async () => {
    await pause({ reason: 'First.' });
    const other = await person(api, { organizationId, role: 'owner' });
    expect((await pause({ reason: 'Second.' }, other)).json.pausedBy).toBe(admin.email);
    await resume();
    expect((await resume(other)).json.health).toBe('healthy');
    expect(await deeds()).toEqual([
      ['integration.resumed', 'Integration "" was resumed'],
      ['integration.paused', 'Integration "" was paused: First.'],
    ]);
  });

  it('that is failing is tried again when it is resumed', async () => {
    await api.database.query(
      `UPDATE integrations SET health = 'failing', health_code = 'token_revoked' WHERE id = $1`,
      [id],
    );
    expect((await resume()).json).toMatchObject({ health: 'degraded', code: 'untried' });
    await resume();
    expect(await deeds()).toHaveLength(1);
  });

  it('stays paused when it is edited', async () => {
    await report('a');
    await pause();
    const body = { data: { token: 'xoxb-another' } };
    expect((await client.call('PUT', `/integrate/v1/${path}/integrations/${id}`, body)).status).toBe(204);
    expect(await health()).toMatchObject({ health: 'paused', backlog: { parked: 1 } });
  });

  it('that is deleted can be neither paused nor resumed', async () => {
    await client.call('DELETE', `/integrate/v1/${path}/integrations/${id}`);
    expect((await pause()).status).toBe(409);
    expect((await resume()).status).toBe(409);
  });

  it('is not paused with a reason that is none', async () => {
    for (const reason of ['', '   ', 'x'.repeat(201), 7]) {
      const { status, json } = await pause({ reason });
      expect([status, Object.keys(json.fields)]).toEqual([400, ['reason']]);
    }
    expect((await pause({ reason: null })).status).toBe(200);
  });

  it('is neither paused nor resumed by a member', async () => {
    const member = await person(api, { organizationId });
    expect((await pause({}, member)).status).toBe(403);
    expect((await resume(member)).status).toBe(403);
    expect((await health()).health).toBe('healthy');
  });
});
