import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startApiApp, type ApiApp } from './api-app.js';
import { ApiClient, type Answer } from './api-client.js';
import { callAs, person } from './people.js';

const HOUR_MS = 3_600_000;
const UNKNOWN_ID = '00000000000000000000';

let api: ApiApp;
let client: ApiClient;
let organizationId: string;
let path: string;
let silences: string;

beforeAll(async () => {
  api = await startApiApp();
  client = new ApiClient(api.app);
});
beforeEach(async () => {
  api.clock.set('2026-01-01T00:00:00Z');
  await client.signIn();
  ({ organizationId, path } = await client.tenant());
  silences = `/hub/v1/${path}/silences`;
});
afterAll(() => api.close());

const inHours = (hours: number): string =>
  new Date(api.clock.now().getTime() + hours * HOUR_MS).toISOString();
const body = (change: object = {}) => ({ matcher: {}, until: inHours(2), reason: 'New disks', ...change });
const create = (change: object = {}): Promise<Answer> => client.call('POST', silences, body(change));
const read = async (id: string) => (await client.call('GET', `${silences}/${id}`)).json;
const deeds = async () =>
  (await client.call('GET', `/audit/v1/organizations/${organizationId}/log`)).json.logs
    .map(({ action }: { action: string }) => action)
    .filter((action: string) => action.startsWith('silence.'));
/** A delivery of an integration that is held back by this silence. */
async function holdDelivery(heldBy: string, dueAt: string): Promise<string> {
  const data = { sink: 'slack', channelId: '#alerts', token: 'xoxb-planted' };
  await client.call('POST', `/integrate/v1/${path}/integrations`, { data });
  const event = { key: 'k', event: 'open', kind: 'backup', severity: 'warning', message: 'It is late.' };
  const { issueId } = (await client.call('POST', `/hub/v1/${path}/issues/events`, event)).json;
  const rows = await api.database.query<{ id: string }>(
    `WITH held AS (UPDATE deliveries SET held_by = $2, held_since = $4, due_at = $3, settled_seq = accepted_seq,
                          suppressed = 1 WHERE subject_id = $1 RETURNING id)
     INSERT INTO held_deliveries SELECT $2, id, $4 FROM held RETURNING delivery_id AS id`,
    [issueId, heldBy, dueAt, api.clock.now()],
  );
  return rows[0]!.id;
}
const dueOf = async (id: string): Promise<string> => {
  const rows = await api.database.query<{ due_at: Date }>('SELECT due_at FROM deliveries WHERE id = $1', [
    id,
  ]);
  return rows[0]!.due_at.toISOString();
};

describe('a silence', () => {
  it('is made from now on, with its author, and is shown', async () => {
    const { status, json } = await create({ matcher: { minimumSeverity: 'warning', kinds: ['disk-usage'] } });
    expect(status).toBe(201);
    expect(json).toEqual({
      id: json.id,
      status: 'active',
      matcher: { minimumSeverity: 'warning', kinds: ['disk-usage'] },
      reason: 'New disks',
      author: expect.any(String),
      heldBack: 0,
      created: api.clock.now().toISOString(),
      updated: api.clock.now().toISOString(),
      from: api.clock.now().toISOString(),
      until: inHours(2),
    });
    expect(await read(json.id)).toEqual(json);
    expect((await client.call('GET', silences)).json).toEqual({ silences: [json], next: null });
    expect(await deeds()).toEqual(['silence.created']);
  });

  it('is pending, then active, then ended', async () => {
    const { id } = (await create({ from: inHours(1) })).json;
    const seen = [(await read(id)).status];
    for (let hour = 1; hour <= 2; hour += 1) {
      api.clock.advance(HOUR_MS);
      await client.signIn();
      seen.push((await read(id)).status);
    }
    expect(seen).toEqual(['pending', 'active', 'ended']);
  });

  it('is listed in pages, newest first, and by whether it is on', async () => {
    const made: string[] = [];
    for (const from of [inHours(1), inHours(0), inHours(-1)]) {
      made.unshift((await create({ from })).json.id);
      api.clock.advance(1_000);
    }
    const idsOf = ({ json }: Answer): string[] => json.silences.map(({ id }: { id: string }) => id);
    const first = await client.call('GET', `${silences}?limit=2`);
    expect(idsOf(first)).toEqual(made.slice(0, 2));
    const second = await client.call('GET', `${silences}?limit=2&after=${first.json.next}`);
    expect([idsOf(second), second.json.next]).toEqual([made.slice(2), null]);
    expect(idsOf(await client.call('GET', `${silences}?active=true`))).toEqual(made.slice(0, 2));
    expect((await client.call('GET', `${silences}?active=maybe`)).status).toBe(400);
  });

  it('says how many deliveries it holds back', async () => {
    const { id } = (await create()).json;
    await holdDelivery(id, inHours(2));
    expect((await read(id)).heldBack).toBe(1);
  });

  it.each([
    ['no body', undefined, ['body']],
    ['no matcher', { matcher: undefined }, ['matcher']],
    ['a misspelt member', { matcher: { kind: ['a'] } }, ['matcher.kind']],
    ['an empty list', { matcher: { kinds: [] } }, ['matcher.kinds']],
    ['an unknown severity', { matcher: { minimumSeverity: 'bad' } }, ['matcher.minimumSeverity']],
    ['an unknown cluster', { matcher: { clusterIds: [UNKNOWN_ID] } }, ['matcher.clusterIds[0]']],
    ['an unknown node', { matcher: { nodeIds: [UNKNOWN_ID] } }, ['matcher.nodeIds[0]']],
    ['an unknown integration', { matcher: { integrationIds: [UNKNOWN_ID] } }, ['matcher.integrationIds[0]']],
    ['no end', { until: undefined }, ['until']],
    [
      'an end before its beginning',
      { from: '2026-03-01T00:00:00Z', until: '2026-02-01T00:00:00Z' },
      ['until'],
    ],
    ['an end that is over', { from: '2025-01-01T00:00:00Z', until: '2025-02-01T00:00:00Z' }, ['until']],
    ['more than a year', { until: '2027-06-01T00:00:00Z' }, ['until']],
    ['a blank reason', { reason: ' ' }, ['reason']],
    ['an over-long reason', { reason: 'r'.repeat(501) }, ['reason']],
  ])('is refused with %s, naming the field', async (_what, change, fields) => {
    const answer = await client.call('POST', silences, change && body(change));
    expect([answer.status, Object.keys(answer.json.fields)]).toEqual([400, fields]);
    expect((await client.call('GET', silences)).json.silences).toEqual([]);
  });

  it("names clusters, nodes and integrations of its own project, and not another's", async () => {
    const cluster = { name: 'orders-db', nodes: [{ address: 'http://n1.example.com:2113' }] };
    const made = (await client.call('POST', `/hub/v1/${path}/clusters`, cluster)).json;
    const { nodes } = (await client.call('GET', `/hub/v1/${path}/clusters/${made.id}`)).json;
    const matcher = { clusterIds: [made.id], nodeIds: [nodes[0].id] };
    expect((await create({ matcher })).status).toBe(201);
    const foreign = `/hub/v1/${(await client.tenant()).path}/silences`;
    const answer = await client.call('POST', foreign, body({ matcher }));
    expect([answer.status, Object.keys(answer.json.fields)]).toEqual([
      400,
      ['matcher.clusterIds[0]', 'matcher.nodeIds[0]'],
    ]);
  });

  it('is changed as a whole, keeps its beginning, and what it holds back is looked at again at once', async () => {
    const { json } = await create();
    const delivery = await holdDelivery(json.id, inHours(2));
    api.clock.advance(1_000);
    const change = { matcher: { kinds: ['core-load'] }, until: inHours(1), reason: 'Fewer disks' };
    const answer = await client.call('PUT', `${silences}/${json.id}`, change);
    expect(answer).toMatchObject({ status: 200, json: { ...change, from: json.from, author: json.author } });
    expect(await dueOf(delivery)).toBe(api.clock.now().toISOString());
    await client.call('PUT', `${silences}/${json.id}`, change);
    expect(await deeds()).toEqual(['silence.changed', 'silence.created']);
  });

  it('that is put off while it is on is summed up at once', async () => {
    const { id } = (await create()).json;
    await holdDelivery(id, inHours(2));
    api.clock.advance(1_000);
    const later = { matcher: {}, from: inHours(1), until: inHours(2), reason: 'Later' };
    expect((await client.call('PUT', `${silences}/${id}`, later)).json).toMatchObject({
      status: 'pending',
      heldBack: 1,
    });
    const { notifications } = (await client.call('GET', `/hub/v1/${path}/notifications`)).json;
    expect(notifications).toMatchObject([{ title: 'Silence changed', severity: 'warning' }]);
  });

  it('keeps what it names when that was removed since', async () => {
    const cluster = { name: 'orders-db', nodes: [{ address: 'http://n1.example.com:2113' }] };
    const { id: clusterId } = (await client.call('POST', `/hub/v1/${path}/clusters`, cluster)).json;
    const { id } = (await create({ matcher: { clusterIds: [clusterId] } })).json;
    await client.call('DELETE', `/hub/v1/${path}/clusters/${clusterId}`);
    const again = body({ matcher: { clusterIds: [clusterId] }, reason: 'Still' });
    expect((await client.call('PUT', `${silences}/${id}`, again)).status).toBe(200);
  });

  it('is ended at once, once, and cannot be changed then', async () => {
    const { id } = (await create()).json;
    const delivery = await holdDelivery(id, inHours(2));
    api.clock.advance(1_000);
    for (let round = 0; round < 2; round += 1)
      expect((await client.call('DELETE', `${silences}/${id}`)).status).toBe(204);
    expect(await read(id)).toMatchObject({ status: 'ended', until: api.clock.now().toISOString() });
    expect(await dueOf(delivery)).toBe(api.clock.now().toISOString());
    expect((await client.call('PUT', `${silences}/${id}`, body())).status).toBe(409);
    expect(await deeds()).toEqual(['silence.ended', 'silence.created']);
  });

  it('is read by members and changed by admins', async () => {
    const { id } = (await create()).json;
    const call = callAs(client, await person(api, { organizationId }));
    expect((await call('GET', `${silences}/${id}`)).status).toBe(200);
    expect((await call('POST', silences, body())).status).toBe(403);
    expect((await call('DELETE', `${silences}/${id}`)).status).toBe(403);
  });

  it('of another project is not found', async () => {
    const { id } = (await create()).json;
    const foreign = `/hub/v1/${(await client.tenant()).path}/silences/${id}`;
    for (const method of ['GET', 'PUT', 'DELETE'] as const)
      expect((await client.call(method, foreign, method === 'PUT' ? body() : undefined)).status).toBe(404);
    const asWindow = `/hub/v1/${path}/maintenance-windows/${id}`;
    expect((await client.call('GET', asWindow)).status).toBe(404);
    expect((await read(id)).status).toBe('active');
  });

  it('is one of at most 200 of a project that are not over', async () => {
    const { id } = (await create()).json;
    await api.database.query(
      `INSERT INTO holds SELECT lpad(n::text, 20, '0'), organization_id, project_id, type, reason, matcher, from_at,
              until_at, cron, time_zone, duration_ms, author, created_at, updated_at, ended_at, summed_until, held_back
       FROM holds, generate_series(1, 199) n WHERE id = $1`,
      [id],
    );
    expect((await create()).status).toBe(409);
    await client.call('DELETE', `${silences}/${id}`);
    api.clock.advance(1);
    expect((await create()).status).toBe(201);
  });

  it('ends with its project', async () => {
    const { id } = (await create()).json;
    await client.call('DELETE', `/resources/v1/${path}`);
    const rows = await api.database.query<{ ended_at: Date }>('SELECT ended_at FROM holds WHERE id = $1', [
      id,
    ]);
    expect(rows[0]!.ended_at).toEqual(api.clock.now());
  });
});
