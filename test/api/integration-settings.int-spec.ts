import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startApiApp, type ApiApp } from './api-app.js';
import { ApiClient } from './api-client.js';
import { callAs, person } from './people.js';

const UNKNOWN_ID = '00000000000000000000';
const SLACK = { sink: 'slack', channelId: '#alerts', token: 'xoxb-planted-token' };
const OPS_GENIE = { sink: 'opsGenie', apiKey: 'planted-key' };
const PRIORITIES = { critical: 'P1', warning: 'P3', info: 'P5' };
const COMMON = { filter: {}, stormThreshold: 20, drill: null };

let api: ApiApp;
let client: ApiClient;
let tenant: { organizationId: string; path: string };

beforeAll(async () => {
  api = await startApiApp();
  client = new ApiClient(api.app);
  await client.signIn();
});
beforeEach(async () => {
  tenant = await client.tenant();
});
afterAll(() => api.close());

async function settingsOf(data: object): Promise<{ id: string; url: string }> {
  const { id } = (await client.call('POST', `/integrate/v1/${tenant.path}/integrations`, { data })).json;
  return { id, url: `/hub/v1/${tenant.path}/integrations/${id}/settings` };
}
const put = (url: string, body: unknown) => client.call('PUT', url, body);
const updatedAt = async (id: string): Promise<number> => {
  const rows = await api.database.query<{ at: Date }>(
    'SELECT updated_at AS at FROM integrations WHERE id = $1',
    [id],
  );
  return rows[0]!.at.getTime();
};

describe('the settings of an integration', () => {
  it('have a default each', async () => {
    expect((await client.call('GET', (await settingsOf(SLACK)).url)).json).toEqual(COMMON);
    expect((await client.call('GET', (await settingsOf(OPS_GENIE)).url)).json).toMatchObject({
      ...COMMON,
      target: 'opsgenie',
      priorities: PRIORITIES,
    });
  });

  it('are replaced as a whole, and shown so', async () => {
    const { url } = await settingsOf(OPS_GENIE);
    const given = {
      filter: { minimumSeverity: 'warning', kinds: ['disk-usage'] },
      stormThreshold: 0,
      drill: { cron: '0 6 * * 1', timeZone: 'Europe/Berlin' },
      target: 'jsm',
      priorities: { warning: 'P2' },
    };
    const shown = { ...given, priorities: { ...PRIORITIES, warning: 'P2' } };
    expect(await put(url, given)).toMatchObject({ status: 200, json: shown });
    expect((await client.call('GET', url)).json).toEqual(shown);
    expect(await put(url, { drill: { cron: '0 6 * * 1' } })).toMatchObject({
      status: 200,
      json: { ...COMMON, drill: { cron: '0 6 * * 1', timeZone: 'UTC' }, target: 'opsgenie' },
    });
  });

  it.each([
    ['an unknown member', { filters: {} }, 'filters'],
    ['what another sink has', { target: 'jsm' }, 'target'],
    ['a misspelt member of the filter', { filter: { severity: 'critical' } }, 'filter.severity'],
    ['an unknown severity', { filter: { minimumSeverity: 'awful' } }, 'filter.minimumSeverity'],
    ['a kind that is none', { filter: { kinds: ['Disk Usage'] } }, 'filter.kinds[0]'],
    ['an unknown cluster', { filter: { clusterIds: [UNKNOWN_ID] } }, 'filter.clusterIds[0]'],
    ['an unknown node', { filter: { nodeIds: [UNKNOWN_ID] } }, 'filter.nodeIds[0]'],
    ['integrations in the filter', { filter: { integrationIds: [UNKNOWN_ID] } }, 'filter.integrationIds'],
    ['a threshold below 0', { stormThreshold: -1 }, 'stormThreshold'],
    ['half a threshold', { stormThreshold: 1.5 }, 'stormThreshold'],
    ['a threshold beyond reason', { stormThreshold: 10_001 }, 'stormThreshold'],
    ['a drill more often than hourly', { drill: { cron: '*/30 * * * *' } }, 'drill.cron'],
    ['a drill without schedule', { drill: {} }, 'drill.cron'],
    ['a drill nowhere', { drill: { cron: '0 6 * * *', timeZone: 'Mars' } }, 'drill.timeZone'],
    ['a schedule that never comes true', { drill: { cron: '0 0 30 2 *' } }, 'drill.cron'],
  ])('are refused with %s, naming it, and stay as they were', async (_what, body, field) => {
    const { url } = await settingsOf(SLACK);
    const answer = await put(url, body);
    expect([answer.status, Object.keys(answer.json.fields)]).toEqual([400, [field]]);
    expect((await client.call('GET', url)).json).toEqual(COMMON);
  });

  it('refuse a target and priorities that OpsGenie does not know', async () => {
    const { url } = await settingsOf(OPS_GENIE);
    const answer = await put(url, { target: 'pagerduty', priorities: { warning: 'P9', fatal: 'P1' } });
    expect(answer.status).toBe(400);
    expect(Object.keys(answer.json.fields).sort()).toEqual([
      'priorities.fatal',
      'priorities.warning',
      'target',
    ]);
  });

  it('make a new revision, let it go on, and are recorded with what changed', async () => {
    const { id, url } = await settingsOf(SLACK);
    const before = await updatedAt(id);
    await api.database.query(`UPDATE integrations SET health = 'failing' WHERE id = $1`, [id]);
    await put(url, { filter: { kinds: ['core-load'] } });
    expect(await updatedAt(id)).toBeGreaterThan(before);
    const rows = await api.database.query<{ health: string }>(
      'SELECT health FROM integrations WHERE id = $1',
      [id],
    );
    expect(rows[0]!.health).toBe('degraded');
    const [deed] = await api.database.query<{ changed: string[] }>(
      `SELECT changed FROM audit_log WHERE action = 'integration.changed' ORDER BY seq DESC LIMIT 1`,
    );
    expect(deed!.changed).toEqual(['settings.filter']);
    const unchanged = await updatedAt(id);
    await put(url, { filter: { kinds: ['core-load'] } });
    expect(await updatedAt(id)).toBe(unchanged);
  });

  it('have what the filter held back looked at again', async () => {
    const { id, url } = await settingsOf(SLACK);
    const event = { key: 'k', event: 'open', kind: 'backup', severity: 'warning', message: 'It is late.' };
    await client.call('POST', `/hub/v1/${tenant.path}/issues/events`, event);
    const held = `UPDATE deliveries SET held_by = 'filter', due_at = NULL WHERE integration_id = $1`;
    await api.database.query(held, [id]);
    await put(url, { filter: { kinds: ['backup'] } });
    const rows = await api.database.query<{ due_at: Date | null }>(
      'SELECT due_at FROM deliveries WHERE integration_id = $1',
      [id],
    );
    expect(rows[0]!.due_at).toEqual(api.clock.now());
  });

  it('may be given with the data when the integration is made, and are checked as ever', async () => {
    const create = (settings: unknown) =>
      client.call('POST', `/integrate/v1/${tenant.path}/integrations`, { data: OPS_GENIE, settings });
    const settings = { target: 'jsm', filter: { kinds: ['backup'] } };
    const answer = await create(settings);
    expect([answer.status, Object.keys(answer.json)]).toEqual([200, ['id']]);
    const url = `/hub/v1/${tenant.path}/integrations/${answer.json.id}/settings`;
    expect((await client.call('GET', url)).json).toEqual({ ...COMMON, ...settings, priorities: PRIORITIES });
    const refused = async (wrong: unknown) => Object.keys((await create(wrong)).json.fields);
    expect(await refused({ target: 'elsewhere' })).toEqual(['settings.target']);
    expect(await refused({ stormThresholds: 1 })).toEqual(['settings.stormThresholds']);
    expect(await refused('jsm')).toEqual(['settings']);
    expect(await refused({ filter: { clusterIds: [UNKNOWN_ID] } })).toEqual([
      'settings.filter.clusterIds[0]',
    ]);
    expect(
      (await client.call('GET', `/integrate/v1/${tenant.path}/integrations`)).json.integrations,
    ).toHaveLength(1);
  });

  it('are read by members and changed by admins', async () => {
    const { url } = await settingsOf(SLACK);
    const call = callAs(client, await person(api, tenant));
    expect((await call('GET', url)).status).toBe(200);
    expect((await call('PUT', url, {})).status).toBe(403);
  });

  it('are nowhere in the shapes of the contract', async () => {
    const { id, url } = await settingsOf(OPS_GENIE);
    await put(url, { target: 'jsm', stormThreshold: 7 });
    const { integration } = (await client.call('GET', `/integrate/v1/${tenant.path}/integrations/${id}`))
      .json;
    expect(Object.keys(integration.data).sort()).toEqual(['apiKeyDisplay', 'sink', 'source']);
    expect(JSON.stringify(integration)).not.toMatch(/settings|jsm|stormThreshold/);
  });
});
