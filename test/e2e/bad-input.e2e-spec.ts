import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { decodeJwt, decodeProtectedHeader, SignJWT, type JWTPayload } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { NodeFault } from '../../apps/sandbox/cluster/index.js';
import { waitUntil } from '../../libs/testing/index.js';
import { ApiCaller, expectProblem } from './support/api-caller.js';
import { memoryBytes, openSockets, peakMemoryBytes, resetPeakMemory } from './support/process-figures.js';
import { signingKeyOf } from './support/signing-key.js';
import { BOOTSTRAP_TOKEN, World } from './support/world.js';

let world: World;
let api: ApiCaller;
let clusters: string;
let integrations: string;
let hub: string;

beforeAll(async () => {
  world = await World.start();
  api = await ApiCaller.logIn(world.hub.url, BOOTSTRAP_TOKEN);
  hub = `/hub/v1/${world.project.path}`;
  clusters = `${hub}/clusters`;
  integrations = `/integrate/v1/${world.project.path}/integrations`;
});
afterAll(() => world?.stop());

/** Everything that a request could have left behind, as the API shows it. */
async function stored(): Promise<unknown> {
  const organization = `/resources/v1/organizations/${world.project.organizationId}`;
  const lists = [
    clusters,
    integrations,
    `${hub}/issues`,
    `${hub}/notifications`,
    '/resources/v1/organizations',
    `${organization}/projects`,
  ];
  const found: unknown[] = [];
  for (const path of lists) {
    const answer = await api.send('GET', path);
    expect(answer.status).toBe(200);
    found.push(answer.body);
  }
  return found;
}

describe('what a caller sends wrong', () => {
  const slack = (change: object) => ({
    description: 'alerts',
    data: { sink: 'slack', source: 'issues', channelId: '#alerts', token: 'xoxb-other', ...change },
  });
  const event = (change: object) => ({
    key: 'backup',
    event: 'open',
    kind: 'backup',
    severity: 'warning',
    message: 'The nightly backup is late.',
    ...change,
  });
  const cluster = (address: unknown) => ({ name: 'orders-db', nodes: [{ address }] });
  const routes = {
    integrations: () => integrations,
    events: () => `${hub}/issues/events`,
    notifications: () => `${hub}/notifications`,
    clusters: () => clusters,
    organizations: () => '/resources/v1/organizations',
  };
  let before: unknown;

  beforeEach(async () => {
    before = await stored();
  });
  const expectNothingHappened = async (): Promise<void> => {
    expect(await stored()).toEqual(before);
    expect(world.slack.requests).toEqual([]);
  };

  it.each<[string, keyof typeof routes, unknown, string]>([
    ['an unknown sink', 'integrations', slack({ sink: 'telex' }), 'data.sink'],
    ['no sink', 'integrations', slack({ sink: undefined }), 'data.sink'],
    ['a source that the sink cannot take', 'integrations', slack({ source: 'metrics' }), 'data.source'],
    ['a secret of another type', 'integrations', slack({ token: 7 }), 'data.token'],
    ['no secret', 'integrations', slack({ token: undefined }), 'data.token'],
    ['an over-long channel', 'integrations', slack({ channelId: 'c'.repeat(82) }), 'data.channelId'],
    ['data of another type', 'integrations', { description: '', data: 'slack' }, 'data'],
    ['a severity that does not exist', 'events', event({ severity: 'fatal' }), 'severity'],
    ['no message', 'events', event({ message: undefined }), 'message'],
    ['an over-long message', 'events', event({ message: 'm'.repeat(4_001) }), 'message'],
    ['a key of another type', 'events', event({ key: ['backup'] }), 'key'],
    ['a cluster that does not exist', 'events', event({ clusterId: '0'.repeat(20) }), 'clusterId'],
    ['a notification without a message', 'notifications', { title: 'Provisioning' }, 'message'],
    [
      'a notification with an over-long title',
      'notifications',
      { title: 't'.repeat(201), message: 'm' },
      'title',
    ],
    ['a node address of another scheme', 'clusters', cluster('ftp://n1.example.com'), 'nodes[0].address'],
    ['a node address that reads a file', 'clusters', cluster('file:///etc/passwd'), 'nodes[0].address'],
    ['a node address without a scheme', 'clusters', cluster('n1.example.com:2113'), 'nodes[0].address'],
    ['a node address of another type', 'clusters', cluster(2113), 'nodes[0].address'],
    ['an organization without a name', 'organizations', {}, 'name'],
    ['half a JSON', 'events', '{"key":"backup"', 'body'],
    ['text instead of JSON', 'integrations', 'hello', 'body'],
    ['a list', 'clusters', [], 'body'],
  ])('%s is answered with 400 and the field, and stores nothing', async (_what, route, content, field) => {
    expectProblem(await api.send('POST', routes[route](), content), 400, [field]);
    await expectNothingHappened();
  });

  it('a change to an integration that does not fit leaves it as it was', async () => {
    const path = `${integrations}/${world.integrationId}`;
    const answer = await api.send('PUT', path, { data: { sink: 'slack', source: 'logs' } });
    expectProblem(answer, 400, ['data.source']);
    await expectNothingHappened();
  });

  it.each<[string, unknown, string]>([
    ['a detector that does not exist', { 'disk-usge': { threshold: 70 } }, 'detection.disk-usge'],
    ['a setting that it does not have', { 'disk-usage': { treshold: 70 } }, 'detection.disk-usage.treshold'],
    ['a threshold out of range', { 'memory-usage': { threshold: 101 } }, 'detection.memory-usage.threshold'],
    ['a threshold of another type', { 'core-load': { threshold: '2' } }, 'detection.core-load.threshold'],
    ['a window that is no duration', { 'disk-usage': { window: 'soon' } }, 'detection.disk-usage.window'],
    ['a window of a month', { 'unreachable-node': { window: '30d' } }, 'detection.unreachable-node.window'],
    ['no yes or no', { 'leader-mismatch': { enabled: 'no' } }, 'detection.leader-mismatch.enabled'],
    ['a detection of another type', ['disk-usage'], 'detection'],
  ])(
    "a change of a cluster's detection to %s is answered with 400 and the field",
    async (_what, detection, field) => {
      const id = await world.project.addCluster('detection-db', ['http://127.0.0.1:9']);
      const path = `${clusters}/${id}`;
      const change = {
        detection: { 'disk-usage': { threshold: 70, window: '2m' }, 'core-load': { enabled: false } },
      };
      const good = await api.send('PATCH', path, change);
      expect(good).toMatchObject({ status: 200, body: change });
      expectProblem(await api.send('PATCH', path, { detection }), 400, [field]);
      expect((await api.send('GET', path)).body.detection).toEqual(change.detection);
      expect((await api.send('DELETE', path)).status).toBe(204);
    },
  );

  it('a body over the limit is answered with 413, and stores nothing', async () => {
    const content = event({ message: 'm'.repeat(1_100_000) });
    expectProblem(await api.send('POST', `${hub}/issues/events`, content), 413);
    await expectNothingHappened();
  });

  it('a foreign organization is answered with 404, and stores nothing', async () => {
    const foreign = await world.client.createProject();
    before = await stored();
    const { projectId } = world.project;
    for (const organizationId of [foreign.organizationId, '0'.repeat(20)]) {
      const path = `organizations/${organizationId}/projects/${projectId}`;
      expectProblem(await api.send('POST', `/hub/v1/${path}/issues/events`, event({})), 404);
      expectProblem(await api.send('POST', `/hub/v1/${path}/clusters`, cluster('http://192.0.2.1')), 404);
      expectProblem(await api.send('POST', `/integrate/v1/${path}/integrations`, slack({})), 404);
      expectProblem(await api.send('GET', `/integrate/v1/${path}/integrations`), 404);
    }
    const elsewhere = `/integrate/v1/${foreign.path}/integrations/${world.integrationId}`;
    expectProblem(await api.send('GET', elsewhere), 404);
    expectProblem(await api.send('DELETE', elsewhere), 404);
    await expectNothingHappened();
  });

  describe('a token', () => {
    const sign = (claims: JWTPayload, key: KeyObject): Promise<string> =>
      new SignJWT(claims).setProtectedHeader(decodeProtectedHeader(api.token) as { alg: string }).sign(key);
    const encode = (part: object): string => Buffer.from(JSON.stringify(part)).toString('base64url');
    const hubKey = async (): Promise<KeyObject> => (await signingKeyOf(world)).privateKey;

    it.each<[string, () => Promise<string>, RegExp]>([
      [
        "of another's key",
        () => sign(decodeJwt(api.token), generateKeyPairSync('rsa', { modulusLength: 2_048 }).privateKey),
        /forged/,
      ],
      [
        'with the algorithm none',
        async () => `${encode({ alg: 'none', typ: 'JWT' })}.${encode(decodeJwt(api.token))}.`,
        /forged|malformed/,
      ],
      [
        'whose claims were changed',
        async () => {
          const [header, , signature] = api.token.split('.');
          return `${header}.${encode({ ...decodeJwt(api.token), sub: 'root' })}.${signature}`;
        },
        /forged/,
      ],
      [
        'that has expired',
        async () => {
          const now = Math.floor(Date.now() / 1_000);
          return sign({ ...decodeJwt(api.token), iat: now - 3_700, exp: now - 100 }, await hubKey());
        },
        /expired/,
      ],
      [
        'meant for another API',
        async () => sign({ ...decodeJwt(api.token), aud: 'https://other.example' }, await hubKey()),
        /"aud"/,
      ],
      ['that is none', async () => 'hello', /malformed/],
    ])('%s is answered with 401 and the reason, and stores nothing', async (_what, make, reason) => {
      const token = await make();
      const answer = await api.send('POST', `${hub}/issues/events`, event({}), token);
      expectProblem(answer, 401);
      expect(answer.body.detail).toMatch(reason);
      expectProblem(await api.send('GET', clusters, undefined, token), 401);
      await expectNothingHappened();
    });
  });
});

describe('what a node answers wrong', () => {
  const SICK = 1;
  let clusterPath: string;

  interface Observation {
    readonly at: string;
    readonly ok: boolean;
    readonly code?: string;
    readonly reason?: string;
  }
  const ENDPOINTS = ['gossip', 'info', 'stats'] as const;
  type Observations = Partial<Record<(typeof ENDPOINTS)[number], Observation>>;

  beforeAll(async () => {
    clusterPath = `${clusters}/${await world.watchCluster()}`;
    await untilObserved('all nodes to be well', (nodes) => nodes.every(isWell));
  });

  const observations = async (): Promise<Observations[]> =>
    (await api.send('GET', clusterPath)).body.nodes.map(
      (node: { endpoints: Observations }) => node.endpoints,
    );
  const isWell = (node: Observations): boolean => ENDPOINTS.every((endpoint) => node[endpoint]?.ok === true);

  const untilObserved = (what: string, look: (nodes: Observations[]) => boolean): Promise<unknown> =>
    waitUntil(async () => look(await observations()), { what, timeoutMs: 30_000, intervalMs: 50 });
  const polls = (): number => world.cluster.nodes.reduce((sum, { requests }) => sum + requests, 0);

  it.each<[string, NodeFault, string, RegExp]>([
    ['HTML', 'html', 'not-json', /HTML instead of JSON/],
    ['half a JSON', 'half-json', 'not-json', /no JSON, or only a part of it/],
    ['100 MB', 'huge', 'body-too-large', /more than \d+ bytes/],
    ['nothing', 'hang', 'timeout', /did not answer within 5 s/],
  ])(
    '%s is a failed observation with its reason, and is over when the node is well',
    async (_what, fault, code, reason) => {
      world.cluster.setFault(SICK, fault);
      await untilObserved(`every endpoint to fail as ${code}`, (nodes) =>
        ENDPOINTS.every((endpoint) => nodes[SICK]?.[endpoint]?.code === code),
      );
      const nodes = await observations();
      const host = new URL(world.cluster.nodes[SICK]!.url).host;
      for (const endpoint of ENDPOINTS) {
        expect(nodes[SICK]?.[endpoint]).toEqual({
          at: expect.any(String),
          ok: false,
          code,
          reason: expect.stringMatching(reason),
        });
        expect(nodes[SICK]?.[endpoint]?.reason).toContain(host);
      }
      expect(nodes.filter(isWell)).toHaveLength(2);
      expect((await api.send('GET', '/health/ready')).status).toBe(200);
      world.cluster.setFault(SICK, 'none');
      await untilObserved('the node to be well again', (seen) => seen.every(isWell));
    },
  );

  it.runIf(process.platform === 'linux')(
    '100 MB from every node, again and again, costs little memory and leaks no socket',
    async () => {
      const { pid } = world.hub;
      const sockets = await openSockets(pid!);
      const memory = await memoryBytes(pid!);
      await resetPeakMemory(pid!);
      for (const index of world.cluster.nodes.keys()) world.cluster.setFault(index, 'huge');
      const begun = polls();
      await waitUntil(() => polls() - begun > 100, { what: 'a hundred huge answers', timeoutMs: 40_000 });
      // Three answers at once, whole and as text, would be more than three times as much.
      expect((await peakMemoryBytes(pid!)) - memory).toBeLessThan(150_000_000);
      for (const index of world.cluster.nodes.keys()) world.cluster.setFault(index, 'none');
      await untilObserved('all nodes to be well', (nodes) => nodes.every(isWell));
      await waitUntil(async () => (await openSockets(pid!)) <= sockets + 4, {
        what: `no more sockets than the ${sockets} before`,
        timeoutMs: 10_000,
      });
      expect((await api.send('GET', '/health/ready')).status).toBe(200);
    },
  );
});
