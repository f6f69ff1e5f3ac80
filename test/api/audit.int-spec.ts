import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startApiApp, type ApiApp } from './api-app.js';
import { ApiClient } from './api-client.js';
import { callAs, person, type Person } from './people.js';

const UNKNOWN_ID = '00000000000000000000';
const CLUSTER = {
  name: 'orders-db',
  nodes: [{ address: 'https://n1.example.com:2113' }],
  credentials: { username: 'ops', password: 'marked-password' },
};

let api: ApiApp;
let client: ApiClient;
let organizationId: string;
let projectId: string;
let path: string;
let admin: Person;

beforeAll(async () => {
  api = await startApiApp();
  client = new ApiClient(api.app);
  await client.signIn();
});
beforeEach(async () => {
  ({ organizationId, projectId, path } = await client.tenant());
  admin = await person(api, { organizationId, role: 'admin' });
});
afterAll(() => api.close());

interface Log {
  readonly action: string;
  readonly message: string;
  readonly time: string;
}
const logOf = async (query = '', by: Person = admin) =>
  (await callAs(client, by)('GET', `/audit/v1/organizations/${organizationId}/log${query}`)).json;
const userLogOf = async (by: Person, query = '') =>
  (await callAs(client, by)('GET', `/audit/v1/user/log${query}`)).json;
const messages = ({ logs }: { logs: readonly Log[] }) => logs.map(({ message }) => message);
const rename = (name: string, by: Person = admin) =>
  callAs(client, by)('PUT', `/resources/v1/${path}`, { name });

describe("an organization's log", () => {
  it('has exactly the members that the CLI needs, and what else is known', async () => {
    await rename('renamed');
    const { logs, next } = await logOf();
    expect(next).toBeNull();
    expect(logs[0]).toEqual({
      organizationId,
      message: 'Project was renamed to "renamed"',
      user: admin.email,
      service: 'resources',
      urn: `urn:spillway:organizations/${organizationId}/projects/${projectId}`,
      time: api.clock.now().toISOString(),
      action: 'project.changed',
      projectId,
      changed: ['name'],
      tokenId: expect.stringMatching(/^[0-9a-v]{20}$/),
      address: '127.0.0.1',
      requestId: expect.any(String),
    });
    expect(logs.map(({ action }: Log) => action)).toEqual([
      'project.changed',
      'project.created',
      'organization.created',
    ]);
  });

  it('is read in the range asked for, newest first, however sloppy the query is', async () => {
    const times: string[] = [];
    for (const name of ['one', 'two', 'three']) {
      api.clock.advance(60_000);
      times.push(api.clock.now().toISOString());
      await rename(name);
    }
    const [one, two, three] = times.map(encodeURIComponent);
    const named = (...names: string[]) => names.map((name) => `Project was renamed to "${name}"`);
    expect(messages(await logOf(`?before=${three}&after=${one}&limit=5&`))).toEqual(named('two', 'one'));
    expect(messages(await logOf(`?after=${two}&`))).toEqual(named('three', 'two'));
    expect(messages(await logOf('?limit=2&'))).toEqual(named('three', 'two'));
    expect(messages(await logOf('?'))).toHaveLength(5);
    const day = times[0]?.slice(0, 10);
    expect(messages(await logOf(`?before=${day}`))).toEqual([]);
    expect(messages(await logOf(`?after=${day}`))).toHaveLength(5);
    expect(messages(await logOf('?before=9999-12-31T23:59:59Z&after=0000-01-01'))).toHaveLength(5);
  });

  it('is read page by page, every entry once, also when many have the same time', async () => {
    for (let number = 0; number < 5; number += 1) await rename(`name ${number}`);
    const all = messages(await logOf());
    const found: string[] = [];
    let query = '?limit=3';
    for (;;) {
      const page = await logOf(query);
      found.push(...messages(page));
      if (page.next === null) break;
      // What happens meanwhile is on no later page.
      await rename('later');
      query = `?limit=3&cursor=${page.next}`;
    }
    expect(found).toEqual(all);
  });

  it.each([
    ['before', 'yesterday'],
    ['after', '2026-13-01'],
    ['before', ''],
    ['limit', '0'],
    ['limit', '1001'],
    ['limit', 'all'],
    ['cursor', 'x'],
  ])('names the parameter %s when it is %j', async (name, value) => {
    const url = `/audit/v1/organizations/${organizationId}/log?${name}=${value}`;
    const answer = await callAs(client, admin)('GET', url);
    expect([answer.status, Object.keys(answer.json.fields)]).toEqual([400, [name]]);
  });

  it('is for owners and admins, and shows no other organization', async () => {
    const member = await person(api, { organizationId });
    const stranger = await person(api, {
      organizationId: (await client.tenant()).organizationId,
      role: 'owner',
    });
    const url = `/audit/v1/organizations/${organizationId}/log`;
    expect((await callAs(client, member)('GET', url)).status).toBe(403);
    expect((await callAs(client, stranger)('GET', url)).status).toBe(404);
    const { logs } = await logOf();
    expect(logs.every((log: { organizationId: string }) => log.organizationId === organizationId)).toBe(true);
  });

  it('names what changed of a cluster, and never shows its credentials', async () => {
    const clusters = `/hub/v1/${path}/clusters`;
    const call = callAs(client, admin);
    const { id } = (await call('POST', clusters, CLUSTER)).json;
    await call('PATCH', `${clusters}/${id}`, {
      name: 'renamed',
      credentials: { username: 'ops', password: 'marked-two' },
    });
    await call('PATCH', `${clusters}/${id}`, { name: 'renamed', nodes: CLUSTER.nodes });
    await call('POST', `${clusters}/${id}/provisioning`, { step: 'instances', outcome: 'failed' });
    await call('DELETE', `${clusters}/${id}`);
    expect((await call('DELETE', `${clusters}/${id}`)).status).toBe(404);
    const { logs } = await logOf('?limit=4');
    const urn = `urn:spillway:organizations/${organizationId}/projects/${projectId}/clusters/${id}`;
    const common = { service: 'hub', urn, projectId, user: admin.email };
    expect(logs).toMatchObject([
      { ...common, action: 'cluster.removed', message: 'Cluster "renamed" was removed' },
      {
        ...common,
        action: 'cluster.provisioning-reported',
        message: 'Cluster "renamed" was reported: provisioning of its instances failed',
        changed: ['provisioning', 'status'],
      },
      { ...common, action: 'cluster.changed', changed: ['name', 'credentials'] },
      { ...common, action: 'cluster.registered', message: 'Cluster "orders-db" was registered', changed: [] },
    ]);
    const rows = await api.database.query('SELECT * FROM audit_log WHERE organization_id = $1', [
      organizationId,
    ]);
    expect(JSON.stringify(rows)).not.toContain('marked-');
  });
});

describe("the hub's log", () => {
  it('shows operators everything, also what belongs to no organization', async () => {
    const account = { email: 'new@example.com', name: 'New' };
    await client.call('POST', '/hub/v1/accounts', account);
    await rename('by admin');
    const { logs, next } = (await client.call('GET', '/hub/v1/audit?limit=2')).json;
    expect(logs).toMatchObject([
      { message: 'Project was renamed to "by admin"', organizationId, user: admin.email },
      { action: 'account.created', organizationId: '', user: 'admin' },
    ]);
    expect((await client.call('GET', `/hub/v1/audit?limit=2&cursor=${next}`)).json.logs[0].time).toBeTruthy();
    expect((await callAs(client, admin)('GET', '/hub/v1/audit')).status).toBe(403);
  });

  it('of an organization that asks for a second factor is shown to whoever has shown one', async () => {
    await client.call('POST', `/resources/v1/organizations/${organizationId}/mfa`, { mfaEnabled: true });
    const operator = await person(api, { isOperator: true });
    const shown = async (url: string, by: Person) =>
      (await callAs(client, by)('GET', url)).json.logs.filter(
        (log: { organizationId: string }) => log.organizationId === organizationId,
      );
    expect(await shown('/hub/v1/audit', operator)).toEqual([]);
    const strong = await person(api, { isOperator: true, mfa: true });
    expect(await shown('/hub/v1/audit', strong)).not.toEqual([]);
    await api.database.query('UPDATE organizations SET mfa_enabled = false WHERE id = $1', [organizationId]);
    await rename('by operator', operator);
    expect(await shown('/audit/v1/user/log', operator)).toHaveLength(1);
    await api.database.query('UPDATE organizations SET mfa_enabled = true WHERE id = $1', [organizationId]);
    expect(await shown('/audit/v1/user/log', operator)).toEqual([]);
  });
});

describe("a user's log", () => {
  it('shows what they did, and nobody else', async () => {
    const other = await person(api, { organizationId, role: 'admin' });
    await rename('by admin');
    await rename('by other', other);
    expect(messages(await userLogOf(admin))).toEqual(['Project was renamed to "by admin"']);
    expect(messages(await userLogOf(other))).toEqual(['Project was renamed to "by other"']);
  });

  it('is restricted to one organization by org', async () => {
    await rename('here');
    expect(messages(await userLogOf(admin, `?limit=5&org=${organizationId}&`))).toHaveLength(1);
    expect(messages(await userLogOf(admin, `?org=${UNKNOWN_ID}`))).toEqual([]);
    const refused = await callAs(client, admin)('GET', '/audit/v1/user/log?org=x');
    expect([refused.status, Object.keys(refused.json.fields)]).toEqual([400, ['org']]);
  });

  it('has an empty organizationId where there is none', async () => {
    await api.database.query(
      `INSERT INTO audit_log (time, account_id, who, service, action, urn, message)
       VALUES (now(), $1, 'somebody', 'identity', 'account.changed', 'urn:spillway:accounts/x', 'Account was changed')`,
      [admin.accountId],
    );
    expect((await userLogOf(admin)).logs).toMatchObject([
      { organizationId: '', projectId: null, tokenId: null },
    ]);
  });

  it('leaves out organizations that they may not read any more', async () => {
    await rename('before they left');
    const { accountId } = admin;
    const membership = `/access/v1/organizations/${organizationId}/members/${accountId}`;
    await client.call('PUT', membership, { active: false });
    expect(messages(await userLogOf(admin))).toEqual([]);
    await client.call('PUT', membership, { active: true });
    expect(messages(await userLogOf(admin))).toHaveLength(1);
    await client.call('POST', `/resources/v1/organizations/${organizationId}/mfa`, { mfaEnabled: true });
    expect(messages(await userLogOf(admin))).toEqual([]);
    await client.call('POST', `/resources/v1/organizations/${organizationId}/mfa`, { mfaEnabled: false });
    await client.call('DELETE', membership);
    expect(messages(await userLogOf(admin))).toEqual([]);
  });

  it('of an operator shows all that they did, also in what is deleted', async () => {
    const operator = await person(api, { isOperator: true });
    await callAs(client, operator)('DELETE', `/resources/v1/organizations/${organizationId}`);
    expect(messages(await userLogOf(operator))).toEqual(['Organization "acme" was deleted']);
  });

  it('cannot be had without a token', async () => {
    expect((await client.call('GET', '/audit/v1/user/log', undefined, { authorization: '' })).status).toBe(
      401,
    );
  });
});
