import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ClusterStore } from '../../libs/persistence/index.js';
import { startApiApp, type ApiApp } from './api-app.js';
import { ApiClient } from './api-client.js';
import { EXAMPLE_CERTIFICATE } from './example-certificate.js';

const PASSWORD = 'planted-cluster-password';
const OTHER_PASSWORD = 'another-planted-password';
const REGISTRATION = {
  name: 'orders-db',
  nodes: [
    { address: 'https://n1.example.com:2113', cores: 4, memoryBytes: 8_589_934_592 },
    { address: 'https://n2.example.com:2113' },
  ],
  tls: { caCertificate: EXAMPLE_CERTIFICATE, servername: 'db.example.com', insecure: false },
  credentials: { username: 'ops', password: PASSWORD },
};

let api: ApiApp;
let client: ApiClient;
let clusters: string;

beforeAll(async () => {
  api = await startApiApp();
  client = new ApiClient(api.app);
  await client.signIn();
});
beforeEach(async () => {
  clusters = `/hub/v1/${(await client.tenant()).path}/clusters`;
});
afterAll(() => api.close());

const register = async (body: unknown = REGISTRATION): Promise<string> =>
  (await client.call('POST', clusters, body)).json.id;
const read = async (id: string) => (await client.call('GET', `${clusters}/${id}`)).json;

describe('registering a cluster', () => {
  it('answers 201 with its id and shows it without the password', async () => {
    const { status, json } = await client.call('POST', clusters, REGISTRATION);
    expect(status).toBe(201);
    expect(json).toEqual({ id: expect.stringMatching(/^[0-9a-v]{20}$/) });
    expect(await read(json.id)).toEqual({
      id: json.id,
      name: 'orders-db',
      status: 'available',
      provisioning: {},
      nodes: [
        expect.objectContaining({
          address: 'https://n1.example.com:2113',
          cores: 4,
          memoryBytes: 8_589_934_592,
        }),
        expect.objectContaining({ address: 'https://n2.example.com:2113', cores: null, memoryBytes: null }),
      ],
      detectors: expect.any(Array),
      detection: {},
      logs: { poll: false },
      tls: REGISTRATION.tls,
      credentials: { username: 'ops', set: true },
      createdAt: api.clock.now().toISOString(),
      updatedAt: api.clock.now().toISOString(),
    });
    expect(api.observer.changed).toContain(json.id);
  });

  it('needs no more than a name and a node', async () => {
    const id = await register({ name: 'plain', nodes: [{ address: 'http://192.0.2.1:2113/' }] });
    expect(await read(id)).toMatchObject({
      nodes: [{ address: 'http://192.0.2.1:2113' }],
      tls: {},
      credentials: null,
    });
  });

  it.each([
    ['no body', undefined, 'body'],
    ['no name', { name: undefined }, 'name'],
    ['an over-long name', { name: 'n'.repeat(101) }, 'name'],
    ['no nodes', { nodes: [] }, 'nodes'],
    [
      'too many nodes',
      { nodes: Array.from({ length: 33 }, (_, n) => ({ address: `http://n${n}.example.com` })) },
      'nodes',
    ],
    ['an address that is no URL', { nodes: [{ address: 'n1.example.com:2113' }] }, 'nodes[0].address'],
    ['another scheme', { nodes: [{ address: 'ftp://n1.example.com' }] }, 'nodes[0].address'],
    ['an address of another type', { nodes: [{ address: 2113 }] }, 'nodes[0].address'],
    ['a path', { nodes: [{ address: 'https://n1.example.com/web' }] }, 'nodes[0].address'],
    ['a query', { nodes: [{ address: 'https://n1.example.com/?a' }] }, 'nodes[0].address'],
    [
      'credentials in the address',
      { nodes: [{ address: 'https://a:b@n1.example.com' }] },
      'nodes[0].address',
    ],
    [
      'the same address in another spelling',
      { nodes: [{ address: 'https://n1.example.com' }, { address: 'HTTPS://N1.example.com:443/' }] },
      'nodes[1].address',
    ],
    ['half a core', { nodes: [{ address: 'http://n1.example.com', cores: 0.5 }] }, 'nodes[0].cores'],
    ['too many cores', { nodes: [{ address: 'http://n1.example.com', cores: 1_025 }] }, 'nodes[0].cores'],
    [
      'less memory than a mebibyte',
      { nodes: [{ address: 'http://n1.example.com', memoryBytes: 1_048_575 }] },
      'nodes[0].memoryBytes',
    ],
    [
      'half a byte',
      { nodes: [{ address: 'http://n1.example.com', memoryBytes: 1_048_576.5 }] },
      'nodes[0].memoryBytes',
    ],
    [
      'detection settings that there are not',
      { detection: { 'disk-usage': { treshold: 1 } } },
      'detection.disk-usage.treshold',
    ],
    ['a certificate that is none', { tls: { caCertificate: 'PEM' } }, 'tls.caCertificate'],
    [
      'a private key beside the certificate',
      {
        tls: {
          caCertificate: `${EXAMPLE_CERTIFICATE}-----BEGIN PRIVATE KEY-----\nAA==\n-----END PRIVATE KEY-----`,
        },
      },
      'tls.caCertificate',
    ],
    ['a user without a password', { credentials: { username: 'ops' } }, 'credentials.password'],
    ['a colon in the user name', { credentials: { username: 'a:b', password: 'c' } }, 'credentials.username'],
  ])('refuses %s, names the field and stores nothing', async (_what, change, field) => {
    const answer = await client.call('POST', clusters, change && { ...REGISTRATION, ...change });
    expect(answer.status).toBe(400);
    expect(Object.keys(answer.json.fields)).toEqual([field]);
    expect((await client.call('GET', clusters)).json).toEqual({ clusters: [], next: null });
  });
});

describe('changing a cluster', () => {
  it('keeps what is not mentioned', async () => {
    const id = await register();
    const before = await read(id);
    for (const method of ['PUT', 'PATCH'] as const) {
      const answer = await client.call(method, `${clusters}/${id}`, {});
      expect(answer).toMatchObject({ status: 200, json: { ...before, updatedAt: expect.any(String) } });
    }
  });

  it('keeps a node of the same address, and with it what was seen of it', async () => {
    const id = await register();
    const [first, second] = (await read(id)).nodes;
    const nodes = [
      { address: 'https://n2.example.com:2113', cores: 8, memoryBytes: null },
      { address: 'https://n3.example.com:2113' },
    ];
    const { json } = await client.call('PATCH', `${clusters}/${id}`, { nodes });
    expect(json.nodes[0]).toMatchObject({ id: second.id, cores: 8, memoryBytes: null });
    expect(json.nodes[1].id).not.toBe(first.id);
    expect(await read(id)).toEqual(json);
  });

  it('has its log files polled where it is asked for, until it is taken back', async () => {
    const id = await register();
    const change = async (logs: unknown) =>
      (await client.call('PATCH', `${clusters}/${id}`, { logs })).json.logs;
    expect(await change({ poll: true })).toEqual({ poll: true });
    expect((await client.call('PATCH', `${clusters}/${id}`, { name: 'renamed' })).json.logs).toEqual({
      poll: true,
    });
    expect((await read(id)).nodes[0].logs).toEqual({
      ok: null,
      since: null,
      code: null,
      reason: null,
      readAt: null,
    });
    expect(await change(null)).toEqual({ poll: false });
    expect([await change({ poll: true }), await change({})]).toEqual([{ poll: true }, { poll: false }]);
    expect((await read(id)).nodes[0].logs).toBeNull();
    const { json } = await client.call('POST', clusters, { ...REGISTRATION, logs: { poll: true } });
    expect((await read(json.id)).logs).toEqual({ poll: true });
    const bad = await client.call('PATCH', `${clusters}/${id}`, { logs: { poll: 'yes' } });
    expect([bad.status, Object.keys(bad.json.fields)]).toEqual([400, ['logs.poll']]);
  });

  it('keeps the cores that an agent counted', async () => {
    const id = await register();
    const [{ project_id: projectId }] = (await api.database.query<{ project_id: string }>(
      'SELECT project_id FROM clusters WHERE id = $1',
      [id],
    )) as [{ project_id: string }];
    await new ClusterStore().reportCores(api.database, projectId, id, 'n2.example.com', 12);
    const nodes = [{ address: 'https://n2.example.com:2113' }];
    const { json } = await client.call('PATCH', `${clusters}/${id}`, { nodes });
    expect(json.nodes[0]).toMatchObject({ cores: null, reportedCores: 12 });
    expect(await read(id)).toEqual(json);
  });

  it('takes TLS and credentials away with null', async () => {
    const id = await register();
    await client.call('PATCH', `${clusters}/${id}`, { tls: null, credentials: null });
    expect(await read(id)).toMatchObject({ tls: {}, credentials: null });
  });

  it('keeps the password when the user name stays, and needs one for another', async () => {
    const id = await register();
    const sealed = () => api.database.query('SELECT credentials FROM clusters WHERE id = $1', [id]);
    const before = await sealed();
    const change = (username: string) =>
      client.call('PATCH', `${clusters}/${id}`, { credentials: { username } });
    expect((await change('ops')).status).toBe(200);
    expect(await sealed()).toEqual(before);
    expect((await change('admin')).json.fields).toEqual({
      'credentials.password': 'is required: none is stored for this username',
    });
    const full = { credentials: { username: 'admin', password: OTHER_PASSWORD } };
    expect((await client.call('PATCH', `${clusters}/${id}`, full)).json.credentials).toEqual({
      username: 'admin',
      set: true,
    });
  });

  it('needs the password again when the stored one cannot be opened any more', async () => {
    const id = await register();
    await api.database.query(`UPDATE clusters SET credentials = 'v1.otherkey.AAAA.AAAA' WHERE id = $1`, [id]);
    const change = (credentials: object) => client.call('PATCH', `${clusters}/${id}`, { credentials });
    const refused = await change({ username: 'ops' });
    expect([refused.status, Object.keys(refused.json.fields)]).toEqual([400, ['credentials.password']]);
    expect((await change({ username: 'ops', password: OTHER_PASSWORD })).status).toBe(200);
    expect((await change({ username: 'ops' })).status).toBe(200);
  });
});

describe('a removed cluster', () => {
  it('is gone, and the observer knows', async () => {
    const id = await register();
    api.observer.changed.length = 0;
    expect(await client.call('DELETE', `${clusters}/${id}`)).toMatchObject({ status: 204, text: '' });
    expect((await client.call('GET', `${clusters}/${id}`)).status).toBe(404);
    expect((await client.call('DELETE', `${clusters}/${id}`)).status).toBe(404);
    expect((await client.call('PATCH', `${clusters}/${id}`, {})).status).toBe(404);
    expect(api.observer.changed).toEqual([id]);
  });
});

describe('clusters', () => {
  it('are listed in pages', async () => {
    const ids = [await register(), await register(), await register()].sort();
    const first = (await client.call('GET', `${clusters}?limit=2`)).json;
    const second = (await client.call('GET', `${clusters}?limit=2&after=${first.next}`)).json;
    expect([...first.clusters, ...second.clusters].map(({ id }: { id: string }) => id)).toEqual(ids);
    expect(second.next).toBeNull();
  });

  it('of another project are not found', async () => {
    const id = await register();
    const other = `/hub/v1/${(await client.tenant()).path}/clusters/${id}`;
    for (const method of ['GET', 'PUT', 'PATCH', 'DELETE'] as const) {
      expect((await client.call(method, other, method.startsWith('P') ? {} : undefined)).status).toBe(404);
    }
    for (const query of ['', '?format=jsonl'])
      expect((await client.call('GET', `${other}/observations${query}`)).status).toBe(404);
    const report = { step: 'instances', outcome: 'failed' };
    expect((await client.call('POST', `${other}/provisioning`, report)).status).toBe(404);
  });

  it('never show a password, in answers or in the database', async () => {
    const stored = JSON.stringify(await api.database.query('SELECT * FROM clusters'));
    for (const text of [stored, ...client.answered]) {
      expect(text).not.toContain(PASSWORD);
      expect(text).not.toContain(OTHER_PASSWORD);
    }
  });
});
