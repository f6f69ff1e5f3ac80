import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { newId } from '../../libs/domain/index.js';
import { Metrics } from '../../libs/observability/index.js';
import { startApiApp, type ApiApp } from './api-app.js';
import { ApiClient, type Answer } from './api-client.js';
import { person } from './people.js';
import { RawConnection, readAnswer } from './raw-connection.js';

const ROOT = '/api/write';
const LIMIT = 16 * 1_048_576;

let api: ApiApp;
let client: ApiClient;
let tenant: { organizationId: string; projectId: string; path: string };
let token: string;
let project: string;

beforeAll(async () => {
  api = await startApiApp();
  client = new ApiClient(api.app);
  await client.signIn();
  await api.app.listen(0, '127.0.0.1');
});
beforeEach(async () => {
  tenant = await client.tenant();
  project = `/hub/v1/${tenant.path}/api/write`;
  const tokens = `/hub/v1/${tenant.path}/ingest-tokens`;
  token = (await client.call('POST', tokens, { label: 'agent' })).json.token;
});
afterAll(() => api.close());

interface Sent {
  readonly url?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Writes with the ingest token, without a content type, as cc senders do. */
async function write(payload: string | Buffer, { url = ROOT, headers = {} }: Sent = {}) {
  const authorization = `Bearer ${token}`;
  const answer = await api.app.inject({
    method: 'POST',
    url,
    payload,
    headers: { authorization, ...headers },
  });
  const isJson = String(answer.headers['content-type']).startsWith('application/problem+json');
  return {
    status: answer.statusCode,
    headers: answer.headers,
    text: answer.payload,
    json: isJson ? answer.json() : undefined,
  };
}

interface Row {
  readonly source: string;
  readonly cluster: string;
  readonly node: string;
  readonly level: number | null;
  readonly body: string;
  readonly ms: string;
}

/** What is stored of the project, stream by stream. */
const stored = () =>
  api.database.query<Row>(
    `SELECT source, cluster, node, level, body, time_ms AS ms FROM stream_entries
     JOIN streams ON streams.id = stream_id WHERE project_id = $1 ORDER BY source, cluster, seq`,
    [tenant.projectId],
  );
const bodies = async () => (await stored()).map(({ body }) => body);
const line = (text: string, cluster = 'c') =>
  `log,cluster=${cluster},hostname=n1,loglevel=info log="${text}"\n`;

async function dropped(kind: string): Promise<number> {
  const { values } = await api.app.get(Metrics).pointsDropped.get();
  return values.find(({ labels }) => labels.kind === kind)?.value ?? 0;
}

describe('lines that are written', () => {
  it('are answered with exactly 200 and nothing, and are stored then', async () => {
    const { status, text, headers } = await write(`${line('one')}${line('two')}`);
    expect([status, text, headers['content-type']]).toEqual([200, '', undefined]);
    const ms = String(api.clock.now().getTime());
    const row = { source: 'logs', cluster: 'c', node: 'n1', level: 2, ms };
    expect(await stored()).toEqual([
      { ...row, body: 'one' },
      { ...row, body: 'two' },
    ]);
  });

  it.each<[string, (root: string) => string]>([
    ['the root', () => ROOT],
    ['the root with a slash, as cc senders write it', () => `${ROOT}/?cluster=c`],
    ['the project', () => project],
    ['the project with a slash', () => `${project}/?cluster=c`],
  ])('may go to %s', async (_what, url) => {
    expect((await write(line('x'), { url: url(ROOT) })).status).toBe(200);
    expect(await bodies()).toEqual(['x']);
  });

  it.each([
    'application/json',
    'text/plain; charset=utf-8',
    'application/x-www-form-urlencoded',
    'application/octet-stream',
    'application/vnd.spillway.bytes',
    'nonsense',
    '',
  ])('may be of any content type: %s', async (type) => {
    expect(
      (await write(line('{"a":1}'.replaceAll('"', '\\"')), { headers: { 'content-type': type } })).status,
    ).toBe(200);
    expect(await bodies()).toEqual(['{"a":1}']);
  });

  it('may be none', async () => {
    for (const body of ['', '\n# nothing\n']) expect((await write(body)).status).toBe(200);
    expect(await stored()).toEqual([]);
  });

  it('are of the parameter’s cluster where they name none', async () => {
    expect((await write('log log="a"\n' + line('b', 'other'), { url: `${ROOT}?cluster=c` })).status).toBe(
      200,
    );
    expect((await stored()).map(({ cluster, body }) => [cluster, body])).toEqual([
      ['c', 'a'],
      ['other', 'b'],
    ]);
  });

  it('of a registered cluster are its lines, whether they say its name or its id', async () => {
    const clusters = `/hub/v1/${tenant.path}/clusters`;
    const nodes = [{ address: 'http://n1.example.com:2113' }];
    const { id } = (await client.call('POST', clusters, { name: 'orders', nodes })).json;
    await write(line('a', 'orders') + line('b', id));
    expect((await stored()).map(({ cluster }) => cluster)).toEqual([id, id]);
  });

  it('are all refused when one of them cannot be read', async () => {
    const { status, json, headers } = await write(`${line('one')}log,cluster=c log=\n${line('two')}`);
    const error = 'at line 2:19: a field has no value';
    expect([status, headers['content-type']]).toEqual([400, 'application/problem+json; charset=utf-8']);
    expect(json).toEqual({
      type: 'about:blank',
      title: 'Bad Request',
      status: 400,
      detail: error,
      instance: ROOT,
      fields: { body: error },
      error,
    });
    expect(await stored()).toEqual([]);
  });

  it('are all refused when one of them is of no cluster', async () => {
    const { status, json } = await write(`${line('one')}log log="x"`, { url: `${ROOT}?cluster=` });
    expect([status, json.error]).toEqual([
      400,
      expect.stringMatching(/^at line 2:1: the line names no cluster/),
    ]);
    expect(json.fields).toEqual({ cluster: json.error });
    expect(await stored()).toEqual([]);
  });

  it('are refused with a parameter that names no cluster', async () => {
    for (const query of ['cluster=%00', 'cluster=%20', `cluster=${'x'.repeat(101)}`, 'cluster=a&cluster=b']) {
      const { status, json } = await write(line('x'), { url: `${ROOT}?${query}` });
      expect([query, status, Object.keys(json.fields)]).toEqual([query, 400, ['cluster']]);
    }
  });

  it('hold what the database cannot, all the same', async () => {
    expect((await write(line('a\0b'))).status).toBe(200);
    expect(await bodies()).toEqual(['a\ufffdb']);
  });
});

describe('metrics', () => {
  const METRICS = {
    sink: 'awsCloudWatchMetrics',
    source: 'metrics',
    namespace: 'acme',
    region: 'eu-west-1',
    accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
    secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
  };
  const lines = [
    'host_load_avg,cluster=c,hostname=n1,period=1m value=0.5 1740027951',
    'odd_metric,cluster=c,hostname=n1 value=1i 1740027951',
  ].join('\n');

  it('that nobody wants are counted and not stored', async () => {
    const before = await dropped('metric');
    expect((await write(`${lines}\n${line('kept')}`)).status).toBe(200);
    expect(await bodies()).toEqual(['kept']);
    expect((await dropped('metric')) - before).toBe(2);
  });

  it('that an integration wants are stored, and the others counted', async () => {
    const integrations = `/integrate/v1/${tenant.path}/integrations`;
    const made = await client.call('POST', integrations, { description: 'figures', data: METRICS });
    expect(made.text).toContain('"id"');
    const before = await dropped('metric');
    expect((await write(lines)).status).toBe(200);
    expect(await stored()).toEqual([
      {
        source: 'metrics',
        cluster: 'c',
        node: 'n1',
        level: null,
        ms: '1740027951000',
        body: '{"name":"host_load_avg","labels":{"period":"1m"},"value":0.5,"type":"gauge","origin":"host"}',
      },
    ]);
    expect((await dropped('metric')) - before).toBe(1);
  });

  it('of cores are noted with the node that they are of, wanted or not', async () => {
    const nodes = [{ address: 'http://n1.example.com:2113' }, { address: 'http://n2.example.com:2113' }];
    const { id } = (await client.call('POST', `/hub/v1/${tenant.path}/clusters`, { name: 'orders', nodes }))
      .json;
    await write(
      'host_cores,cluster=orders,hostname=n1 value=6\nhost_cores,cluster=elsewhere,hostname=n2 value=8',
    );
    const rows = await api.database.query(
      'SELECT reported_cores AS cores FROM cluster_nodes WHERE cluster_id = $1 ORDER BY position',
      [id],
    );
    expect(rows).toEqual([{ cores: 6 }, { cores: null }]);
  });

  it('and control messages that are dropped are told apart', async () => {
    const [control, other] = [await dropped('control'), await dropped('other')];
    await write('x,method=GET control="y"\nx a=1\nx b=2');
    expect([(await dropped('control')) - control, (await dropped('other')) - other]).toEqual([1, 2]);
  });
});

describe('a body', () => {
  it('may be compressed by gzip', async () => {
    const body = gzipSync(line('x'));
    for (const encoding of ['gzip', 'GZIP', 'x-gzip'])
      expect((await write(body, { headers: { 'content-encoding': encoding } })).status).toBe(200);
    expect(await bodies()).toEqual(['x', 'x', 'x']);
  });

  it('that is not what it says is refused', async () => {
    const compressed = gzipSync(line('x'));
    const cases: [Buffer, string, number][] = [
      [Buffer.from(line('x')), 'gzip', 400],
      [compressed.subarray(0, 20), 'gzip', 400],
      [compressed, 'identity', 400],
      [compressed, 'br', 415],
      [compressed, 'gzip, gzip', 415],
    ];
    for (const [body, encoding, status] of cases)
      expect((await write(body, { headers: { 'content-encoding': encoding } })).status).toBe(status);
    expect(await stored()).toEqual([]);
  });

  it('may have 16 MiB, and not a byte more, unpacked either', async () => {
    const full = `${line('x')}#`.padEnd(LIMIT, '.');
    expect((await write(full)).status).toBe(200);
    expect((await write(gzipSync(full), { headers: { 'content-encoding': 'gzip' } })).status).toBe(200);
    for (const answer of [
      await write(`${full}.`),
      await write(gzipSync(`${full}.`), { headers: { 'content-encoding': 'gzip' } }),
    ]) {
      expect([answer.status, answer.json.detail]).toEqual([413, expect.stringContaining(String(LIMIT))]);
    }
    expect(await bodies()).toEqual(['x', 'x']);
  });

  it('may have 100,000 lines, and none is stored of one with more', async () => {
    const answer = await write('log,cluster=c log=""\n'.repeat(100_001));
    expect([answer.status, answer.json.detail]).toEqual([413, 'The body has more than 100000 lines.']);
    expect(await stored()).toEqual([]);
  });

  it('of a stranger is not waited for', async () => {
    const connection = await RawConnection.open(await api.app.getUrl());
    connection.send(
      `POST ${ROOT}/ HTTP/1.1\r\nHost: hub\r\nAuthorization: Bearer spi_unknown\r\nContent-Length: 5000\r\n\r\nl`,
    );
    expect(readAnswer((await connection.ended).text).status).toBe(401);
  });

  it('of other routes is still JSON, and no larger than before', async () => {
    const notify = (type: string, message: string) =>
      write(JSON.stringify({ message }), {
        url: `/hub/v1/${tenant.path}/notifications`,
        headers: { 'content-type': type },
      });
    expect((await notify('application/json', 'x')).status).toBe(202);
    expect((await notify('application/vnd.spillway.bytes', 'x')).status).toBe(415);
    expect((await notify('application/octet-stream', 'x')).status).toBe(415);
    expect((await notify('application/json', 'x'.repeat(1_048_576))).status).toBe(413);
  });
});

it('more than may wait to be stored is to be sent again, and is taken then', async () => {
  const full = await startApiApp({ environment: { SPILLWAY_INGEST_MEMORY: '8' } });
  try {
    const operator = new ApiClient(full.app);
    await operator.signIn();
    const { path } = await operator.tenant();
    const large = line('x'.repeat(5_000_000));
    const send = () => operator.call('POST', `/hub/v1/${path}/api/write`, large);
    let both: Promise<Answer>[] = [];
    const refused = await full.database.transaction(async (tx) => {
      await tx.query('LOCK TABLE streams IN EXCLUSIVE MODE');
      both = [send(), send()];
      return Promise.race(both);
    });
    expect([refused.status, refused.json.status]).toEqual([503, 503]);
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
    expect((await Promise.all(both)).map(({ status }) => status)).toContain(200);
    expect((await send()).status).toBe(200);
  } finally {
    await full.close();
  }
});

describe('who may write', () => {
  it('under the root: an ingest token, into its project and no other', async () => {
    const other = await client.tenant();
    await write(line('x'), {
      url: `${ROOT}?organizationId=${other.organizationId}&projectId=${other.projectId}`,
    });
    expect(await bodies()).toEqual(['x']);
    const foreign = await write(line('x'), { url: `/hub/v1/${other.path}/api/write` });
    expect(foreign.status).toBe(404);
  });

  it('under the root no account, and it is told where to write instead', async () => {
    const { organizationId } = tenant;
    const owner = await person(api, { organizationId, role: 'owner' });
    for (const headers of [{ ...owner.headers }, { authorization: client.headers['authorization']! }]) {
      const { status, json } = await write(line('x'), { headers });
      expect([status, json.detail]).toEqual([
        403,
        expect.stringContaining('/projects/{projectId}/api/write'),
      ]);
    }
    expect(await stored()).toEqual([]);
  });

  it('under the project: its admins, too', async () => {
    const { organizationId } = tenant;
    const statuses: number[] = [];
    for (const role of ['owner', 'admin', 'member'] as const) {
      const { headers } = await person(api, { organizationId, role });
      statuses.push((await write(line(role), { url: project, headers: { ...headers } })).status);
    }
    expect(statuses).toEqual([200, 200, 403]);
    expect(await bodies()).toEqual(['owner', 'admin']);
  });

  it('nobody whose token was revoked, or whose project is gone', async () => {
    const revoked = { authorization: `Bearer spi_${newId()}` };
    expect((await write(line('x'), { headers: revoked })).status).toBe(401);
    await client.call('DELETE', `/resources/v1/${tenant.path}`);
    expect((await write(line('x'))).status).toBe(401);
    expect(await stored()).toEqual([]);
  });
});
