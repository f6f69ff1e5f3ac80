import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { newId } from '../../libs/domain/index.js';
import { startApiApp, type ApiApp } from './api-app.js';
import { ApiClient } from './api-client.js';
import { SAMPLE_SLACK } from './sample-tenant.js';

let api: ApiApp;
let client: ApiClient;
let project: string;
let id: string;

beforeAll(async () => {
  api = await startApiApp();
  client = new ApiClient(api.app);
  await client.signIn();
});
beforeEach(async () => {
  const { path } = await client.tenant();
  project = `/hub/v1/${path}`;
  id = (await client.call('POST', `/integrate/v1/${path}/integrations`, { data: SAMPLE_SLACK })).json.id;
});
afterAll(() => api.close());

const health = async () => (await client.call('GET', `${project}/integrations/${id}/health`)).json;
const set = (columns: string) => api.database.query(`UPDATE integrations SET ${columns} WHERE id = $1`, [id]);
async function report(key: string): Promise<void> {
  const event = { key, event: 'open', kind: 'backup', severity: 'warning', message: 'It is late.' };
  await client.call('POST', `${project}/issues/events`, event);
}
/** An attempt that was begun so many seconds ago. */
async function attempt(ago: number, outcome: string, code: string | null, httpStatus: number): Promise<Date> {
  const at = new Date(api.clock.now().getTime() - ago * 1_000);
  await api.database.query(
    `INSERT INTO attempts (id, delivery_id, integration_id, action, seq, outcome, code, reason, http_status,
                           started_at, duration_ms)
     VALUES ($1, 'd', $2, 'open', 1, $3, $4, $5, $6, $7, 5)`,
    [newId(), id, outcome, code, code && `Because of ${code}.`, httpStatus, at],
  );
  return at;
}

describe('the health of an integration', () => {
  it('is good and empty where nothing has happened yet', async () => {
    expect(await health()).toEqual({
      health: 'healthy',
      since: expect.stringMatching(/Z$/),
      code: null,
      reason: null,
      lastError: null,
      lastSuccess: null,
      backlog: { units: 0, deliveries: 0, parked: 0, oldestAt: null, ageSeconds: null },
      throttledUntil: null,
      probeAt: null,
      drill: null,
    });
  });

  it('says what is wrong, since when, and when it is tried again with what is parked', async () => {
    const reason = 'Slack says the token was revoked: put in a new one.';
    await api.database.query(
      `UPDATE integrations SET health = 'failing', health_code = 'token_revoked', health_reason = $2,
              health_since = $3, probe_at = $3 WHERE id = $1`,
      [id, reason, api.clock.now()],
    );
    const now = api.clock.now().toISOString();
    expect(await health()).toMatchObject({
      health: 'failing',
      code: 'token_revoked',
      reason,
      since: now,
      probeAt: null,
    });
    await report('a');
    await api.database.query('UPDATE deliveries SET parked = true WHERE integration_id = $1', [id]);
    expect((await health()).probeAt).toBe(now);
  });

  it('tells the newest error, which taking a request and finding an alert open are not, and the newest success', async () => {
    await attempt(50, 'rejected', 'older', 400);
    const failed = await attempt(40, 'transient', 'http_503', 503);
    await attempt(30, 'ambiguous', 'accepted', 202);
    await attempt(20, 'delivered', 'reopened', 200);
    const delivered = await attempt(10, 'delivered', null, 200);
    expect(await health()).toMatchObject({
      lastError: {
        at: failed.toISOString(),
        code: 'http_503',
        reason: 'Because of http_503.',
        httpStatus: 503,
      },
      lastSuccess: delivered.toISOString(),
    });
  });

  it('counts what is owed, how much of it waits for the integration, and since when', async () => {
    await report('a');
    const oldestAt = api.clock.now().toISOString();
    api.clock.advance(60_000);
    await report('a');
    await report('b');
    await api.database.query(
      `UPDATE deliveries SET parked = true, due_at = NULL WHERE integration_id = $1 AND accepted_seq = 2`,
      [id],
    );
    const backlog = { units: 3, deliveries: 2, parked: 2, oldestAt, ageSeconds: 60 };
    expect((await health()).backlog).toEqual(backlog);
  });

  it('shows for how long the sink asked to be left alone, until that is over', async () => {
    const until = new Date(api.clock.now().getTime() + 30_000);
    await api.database.query('UPDATE integrations SET throttled_until = $2 WHERE id = $1', [id, until]);
    expect((await health()).throttledUntil).toBe(until.toISOString());
    api.clock.advance(30_000);
    expect((await health()).throttledUntil).toBeNull();
  });

  it('forgets with other credentials that the sink asked to be left alone', async () => {
    await set(`throttled_until = now() + interval '1 day'`);
    const url = `${project.replace('/hub/', '/integrate/')}/integrations/${id}`;
    await client.call('PUT', url, { data: { channelId: '#others' } });
    const throttled = () =>
      api.database.query<{ until: Date | null }>(
        'SELECT throttled_until AS until FROM integrations WHERE id = $1',
        [id],
      );
    expect((await throttled())[0]!.until).not.toBeNull();
    await client.call('PUT', url, { data: { token: 'xoxb-another' } });
    expect((await throttled())[0]!.until).toBeNull();
  });

  it('says that it is deleted', async () => {
    await client.call('DELETE', `${project}/integrations/${id}`.replace('/hub/', '/integrate/'));
    expect(await health()).toMatchObject({ health: 'deleted', code: 'deleted', probeAt: null });
  });

  it('of an unknown one is not found', async () => {
    const { status, json } = await client.call('GET', `${project}/integrations/${newId()}/health`);
    expect([status, json.detail]).toEqual([404, 'There is no such integration.']);
  });
});
