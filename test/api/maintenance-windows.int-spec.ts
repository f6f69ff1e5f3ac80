import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startApiApp, type ApiApp } from './api-app.js';
import { ApiClient } from './api-client.js';

let api: ApiApp;
let client: ApiClient;
let organizationId: string;
let project: string;
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
  project = `/hub/v1/${tenant.path}`;
  windows = `${project}/maintenance-windows`;
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

/** An open issue that an integration would have shown then. */
async function holdIssueBack(holdId: string, at: string): Promise<void> {
  const data = { sink: 'slack', channelId: '#alerts', token: 'xoxb-planted' };
  await client.call('POST', windows.replace('/hub/', '/integrate/').replace(/[^/]+$/, 'integrations'), {
    data,
  });
  const event = { key: 'k', event: 'open', kind: 'backup', severity: 'warning', message: 'It is late.' };
  const { issueId } = (await client.call('POST', `${project}/issues/events`, event)).json;
  await api.database.query(
    'INSERT INTO held_deliveries SELECT $1, id, $3 FROM deliveries WHERE subject_id = $2',
    [holdId, issueId, at],
  );
}

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
    ['two starts within an hour', { cron: '0,59 2 * * *', duration: '1m' }, 'cron'],
    ['an unknown time zone', { timeZone: 'Mars/Olympus' }, 'timeZone'],
    ['an offset for a time zone', { timeZone: '+01:00' }, 'timeZone'],
    ['a beginning in the year 10000', { from: '9999-12-31T23:59:59-23:59' }, 'from'],
    ['a beginning before 1970', { from: '0000-01-01T00:00:00+23:59' }, 'from'],
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

  it.each([
    ['cut off by its new schedule, is summed up at once', { cron: '0 12 * * *' }, 1],
    ['under way still, is summed up at its end', { duration: '3h', reason: 'Longer' }, 0],
  ])('that is changed while it is on, and is %s', async (_what, change, told) => {
    const { id } = await create({ matcher: {} });
    await holdIssueBack(id, '2026-01-02T01:15:00Z');
    api.clock.set('2026-01-02T01:30:00Z');
    await client.signIn();
    const answer = await client.call('PUT', `${windows}/${id}`, { ...BODY, matcher: {}, ...change });
    expect([answer.status, answer.json.heldBack]).toEqual([200, 1]);
    const { notifications } = (await client.call('GET', `${project}/notifications`)).json;
    expect(notifications).toHaveLength(told);
    const [stored] = await api.database.query<{ summed: Date; notes: number; isNotice: boolean | null }>(
      `SELECT summed_until AS summed, (SELECT count(*)::int FROM held_deliveries WHERE hold_id = holds.id) AS notes,
              (SELECT bool_and(is_notice) FROM notifications WHERE project_id = holds.project_id) AS "isNotice"
       FROM holds WHERE id = $1`,
      [id],
    );
    const cut = { summed: api.clock.now(), notes: 0, isNotice: true };
    // Of the day before; its own end is to come.
    const whole = { summed: new Date('2026-01-01T02:30:00Z'), notes: 1, isNotice: null };
    expect(stored).toEqual(told === 1 ? cut : whole);
    if (told === 0) return;
    expect(notifications[0]).toMatchObject({ title: 'Maintenance window changed', severity: 'warning' });
    expect(notifications[0].message).toContain(
      'from 2026-01-02T01:00:00.000Z to 2026-01-02T01:30:00.000Z and held back 1 issue.',
    );
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
