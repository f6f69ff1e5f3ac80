import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startApiApp, type ApiApp } from './api-app.js';
import { ApiClient } from './api-client.js';

let api: ApiApp;
let client: ApiClient;
let organizationId: string;
let windows: string;

beforeAll(async () => {
  api = await startApiApp();
  client = new ApiClient(api.app);
});
beforeEach(async () => {
  api.clock.set('2026-01-01T00:00:00Z');
  await client.signIn();
  const tenant = await client.tenant();
  ({ organizationId } = tenant);
  windows = `/hub/v1/${tenant.path}/maintenance-windows`;
});
afterAll(() => api.close());

const BODY = {
  matcher: { minimumSeverity: 'warning' },
  reason: 'Backups',
  cron: '0 2 * * *',
  timeZone: 'Europe/Berlin',
  duration: '90m',
};
const create = async (change: object = {}) =>
  (await client.call('POST', windows, { ...BODY, ...change })).json;
const read = async (id: string) => (await client.call('GET', `${windows}/${id}`)).json;

describe('a maintenance window', () => {
  it('is shown with when it is next', async () => {
    const made = await create();
    expect(made).toEqual({
      id: made.id,
      status: 'pending',
      ...BODY,
      author: expect.any(String),
      heldBack: 0,
      created: api.clock.now().toISOString(),
      updated: api.clock.now().toISOString(),
      from: api.clock.now().toISOString(),
      until: null,
      active: false,
      current: null,
      next: { from: '2026-01-01T01:00:00.000Z', until: '2026-01-01T02:30:00.000Z' },
    });
    expect((await client.call('GET', windows)).json).toEqual({ maintenanceWindows: [made], next: null });
  });

  it('is active while it is on, and is listed so', async () => {
    const { id } = await create();
    expect((await client.call('GET', `${windows}?active=true`)).json.maintenanceWindows).toEqual([]);
    api.clock.set('2026-01-02T01:30:00Z');
    await client.signIn();
    expect(await read(id)).toMatchObject({
      status: 'active',
      active: true,
      current: { from: '2026-01-02T01:00:00.000Z', until: '2026-01-02T02:30:00.000Z' },
      next: { from: '2026-01-03T01:00:00.000Z' },
    });
    expect((await client.call('GET', `${windows}?active=true`)).json.maintenanceWindows).toHaveLength(1);
  });

  it.each([
    ['no matcher', { matcher: undefined }, 'matcher'],
    ['six fields', { cron: '0 0 2 * * *' }, 'cron'],
    ['a schedule that never comes true', { cron: '0 0 31 2 *' }, 'cron'],
    ['words for a schedule', { cron: 'every night' }, 'cron'],
    ['an unknown time zone', { timeZone: 'Mars/Olympus' }, 'timeZone'],
    ['no time zone', { timeZone: undefined }, 'timeZone'],
    ['a duration without unit', { duration: '90' }, 'duration'],
    ['half a minute', { duration: '30s' }, 'duration'],
    ['more than a week', { duration: '8d' }, 'duration'],
    ['occurrences that run into each other', { duration: '24h' }, 'duration'],
    ['an end before its beginning', { until: '2025-12-31T00:00:00Z' }, 'until'],
    ['an unknown cluster', { matcher: { clusterIds: ['00000000000000000000'] } }, 'matcher.clusterIds[0]'],
  ])('is refused with %s, naming the field in words', async (_what, change, field) => {
    const answer = await client.call('POST', windows, { ...BODY, ...change });
    expect([answer.status, Object.keys(answer.json.fields)]).toEqual([400, [field]]);
    expect(answer.json.fields[field].length).toBeGreaterThan(10);
  });

  it('is changed as a whole and ended for good', async () => {
    const { id } = await create();
    const change = { ...BODY, cron: '30 4 * * 6', duration: '1d', until: '2026-02-01T00:00:00.000Z' };
    expect(await client.call('PUT', `${windows}/${id}`, change)).toMatchObject({
      status: 200,
      json: { ...change, next: { from: '2026-01-03T03:30:00.000Z', until: '2026-01-04T03:30:00.000Z' } },
    });
    expect((await client.call('DELETE', `${windows}/${id}`)).status).toBe(204);
    expect(await read(id)).toMatchObject({ status: 'ended', active: false, next: null });
    expect((await client.call('PUT', `${windows}/${id}`, change)).status).toBe(409);
    const { logs } = (await client.call('GET', `/audit/v1/organizations/${organizationId}/log`)).json;
    expect(logs.map(({ action }: { action: string }) => action).slice(0, 3)).toEqual([
      'maintenance-window.ended',
      'maintenance-window.changed',
      'maintenance-window.created',
    ]);
  });
});
