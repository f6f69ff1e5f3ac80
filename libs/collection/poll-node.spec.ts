import { createServer, type IncomingHttpHeaders, type RequestListener } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { ClusterStandIn } from '../../apps/sandbox/cluster/index.js';
import { ENDPOINTS, type EndpointObservation } from '../detection/index.js';
import { Egress } from '../egress/index.js';
import { ManualClock } from '../testing/index.js';
import { explainStatus } from './explain-status.js';
import { GOSSIP, HEALTH, INFO, METRICS, pollEndpoint, STATS, type PollContext } from './poll-node.js';

const egress = new Egress();
const clock = new ManualClock();
const cluster = new ClusterStandIn();
const context: PollContext = { egress, clock, tls: {}, credentials: null, timeoutMs: 2_000 };

beforeAll(() => cluster.start({ credentials: { username: 'ops', password: 'changeit' } }));
afterAll(async () => {
  await cluster.stop();
  egress.close();
});

const url = (index = 0): string => cluster.nodes[index]!.url;
const host = (index = 0): string => new URL(url(index)).host;
const failure = (observation: EndpointObservation<unknown>) =>
  observation.ok ? undefined : { code: observation.code, reason: observation.reason };

describe('a node that is well', () => {
  it('is observed', async () => {
    const gossip = await pollEndpoint(`${url()}/`, GOSSIP, context);
    expect(gossip).toMatchObject({ at: '2026-01-01T00:00:00.000Z', ok: true });
    expect(gossip.ok && gossip.value.members).toHaveLength(3);
    expect(await pollEndpoint(url(), INFO, context)).toMatchObject({ value: { state: 'Leader' } });
    const credentials = { username: 'ops', password: 'changeit' };
    cluster.setDisk(0, 12);
    expect(await pollEndpoint(url(), STATS, { ...context, credentials })).toMatchObject({
      value: { drives: [{ mount: '/var/lib/eventstore', totalBytes: 1e12, availableBytes: 88e10 }] },
    });
  });

  it('is asked for gossip and info without the credentials, which may be wrong', async () => {
    const credentials = { username: 'ops', password: 'wrong' };
    expect((await pollEndpoint(url(), GOSSIP, { ...context, credentials })).ok).toBe(true);
    expect((await pollEndpoint(url(), INFO, { ...context, credentials })).ok).toBe(true);
    expect(failure(await pollEndpoint(url(), STATS, { ...context, credentials }))).toEqual({
      code: 'unauthorized',
      reason: `${host()} does not accept the credentials that Spillway has of the cluster for /stats: set them again.`,
    });
  });

  it('says when it wants credentials, and when it cannot check them', async () => {
    expect(failure(await pollEndpoint(url(), STATS, context))?.reason).toBe(
      `${host()} wants credentials for /stats: give the cluster those of any user, no special rights are needed.`,
    );
    cluster.setLeader(null);
    const credentials = { username: 'ops', password: 'changeit' };
    expect(failure(await pollEndpoint(url(), STATS, { ...context, credentials }))).toEqual({
      code: 'unavailable',
      reason: `${host()} cannot serve /stats at the moment: it cannot check credentials, because there is no leader or it is starting up.`,
    });
    cluster.setLeader(0);
  });

  it('is not asked with credentials that cannot be read', async () => {
    const before = cluster.nodes[0]!.requests;
    expect(failure(await pollEndpoint(url(), STATS, { ...context, credentials: 'unreadable' }))?.code).toBe(
      'credentials-unreadable',
    );
    expect(cluster.nodes[0]!.requests).toBe(before);
  });
});

describe('a node that is not well is one failed observation with a reason', () => {
  afterEach(() => cluster.setFault(1, 'none'));

  it.each([
    [
      'html',
      'not-json',
      'answered /gossip with HTML instead of JSON (is a proxy or a login page in between?).',
    ],
    ['half-json', 'not-json', 'answered /gossip with something that is no JSON, or only a part of it.'],
    ['huge', 'body-too-large', 'answered with more than 1048576 bytes.'],
    [
      'unavailable',
      'unavailable',
      'cannot serve /gossip at the moment: it is starting up, shutting down or without a leader.',
    ],
    [
      'no-gossip',
      'not-found',
      'has no /gossip: gossip over HTTP is turned off there (DisableGossipOnHttp, or before 21.2 GossipOnSingleNode).',
    ],
  ] as const)('when it answers with %s', async (fault, code, reason) => {
    cluster.setFault(1, fault);
    expect(failure(await pollEndpoint(url(1), GOSSIP, context))).toEqual({
      code,
      reason: `${host(1)} ${reason}`,
    });
  });

  it.each(['hang', 'slow-body'] as const)('when it takes too long (%s)', async (fault) => {
    cluster.setFault(1, fault);
    const observation = await pollEndpoint(url(1), GOSSIP, { ...context, timeoutMs: 60 });
    expect(failure(observation)).toEqual({
      code: 'timeout',
      reason: `Spillway asked ${host(1)} for /gossip in vain: it did not answer within 0.06 s.`,
    });
  });

  it('when it is down', async () => {
    await cluster.setDown(2, 'refuse');
    expect(failure(await pollEndpoint(url(2), GOSSIP, context))).toEqual({
      code: 'refused',
      reason: `Spillway cannot reach ${host(2)}: it refused the connection: nothing listens there.`,
    });
    await cluster.setDown(2, null);
  });

  it('when its address is none, or denied', async () => {
    expect(failure(await pollEndpoint('n1', GOSSIP, context))?.code).toBe('bad-url');
    expect(failure(await pollEndpoint('http://169.254.169.254', GOSSIP, context))).toEqual({
      code: 'address-denied',
      reason:
        'Spillway cannot reach 169.254.169.254: it points to a network that may not be contacted from here.',
    });
    expect(failure(await pollEndpoint(url().replace('http:', 'https:'), GOSSIP, context))?.reason).toBe(
      `Spillway cannot reach ${host()}: it does not speak TLS; should its address begin with http://?`,
    );
  });

  it('when it answers something else than a node', async () => {
    const server = createServer((_, response) => response.end('{"hello":"world"}')).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const other = `127.0.0.1:${(server.address() as AddressInfo).port}`;
    expect(failure(await pollEndpoint(`http://${other}`, INFO, context))).toEqual({
      code: 'unexpected-shape',
      reason: `${other} answered /info with JSON of another shape (at state).`,
    });
    server.close();
  });
});

describe('a status that is no answer', () => {
  const ASKED = {
    gossip: ['/gossip', false],
    info: ['/info', false],
    health: ['/health/live', false],
    stats: ['/stats', true],
    metrics: ['/metrics', true],
  } as const;

  it.each([401, 403, 404, 406, 408, 418, 500, 503])('has a reason that names node and path: %d', (status) => {
    for (const endpoint of ENDPOINTS) {
      const [path, isAuthenticated] = ASKED[endpoint];
      for (const hasCredentials of [true, false]) {
        const asked = { endpoint, path, host: 'n1.example.com:2113', isAuthenticated, hasCredentials };
        const { reason } = explainStatus(asked, status);
        expect(reason).toMatch(new RegExp(`^n1\\.example\\.com:2113 .*${path}.*\\.$`));
      }
    }
  });
});

describe('the endpoints that not every version has', () => {
  let respond: RequestListener = (_, response) => response.writeHead(404).end();
  const server = createServer((request, response) => respond(request, response));
  let address: string;
  beforeAll(async () => {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => server.close());
  const answers = (status: number, body = ''): void => {
    respond = (_, response) => response.writeHead(status).end(body);
  };

  it.each([
    [204, { isLive: true }],
    [200, { isLive: true }],
    [503, { isLive: false }],
  ])('/health/live says it by its status, %d', async (status, value) => {
    answers(status);
    expect(await pollEndpoint(address, HEALTH, context)).toMatchObject({ ok: true, value });
  });

  it('/health/live and /metrics are missing in old versions, and the reason says since when there are such', async () => {
    answers(404);
    const { host: node } = new URL(address);
    expect(failure(await pollEndpoint(address, HEALTH, context))).toEqual({
      code: 'not-found',
      reason: `${node} has no /health/live: it exists from version 20.6 on.`,
    });
    expect(failure(await pollEndpoint(address, METRICS, context))).toEqual({
      code: 'not-found',
      reason: `${node} has no /metrics: it exists from version 23.6 on, and can be turned off (DisableStatsOnHttp).`,
    });
  });

  it('/metrics is asked with the credentials, for text and at last for anything; JSON it would refuse', async () => {
    let headers: IncomingHttpHeaders = {};
    respond = (request, response) => {
      headers = request.headers;
      response.end('kurrentdb_sys_load_avg{period="1m"} 1.5\n');
    };
    const credentials = { username: 'ops', password: 'changeit' };
    const observation = await pollEndpoint(address, METRICS, { ...context, credentials });
    expect(observation).toMatchObject({ ok: true, value: { loadAverage1m: 1.5 } });
    expect(headers.accept).toMatch(/^text\/plain.*, \*\/\*;q=0\.1$/);
    expect(headers.accept).not.toContain('json');
    expect(headers.authorization).toBe(`Basic ${btoa('ops:changeit')}`);
  });

  it('/metrics of something else are none', async () => {
    answers(200, 'node_load1 0.5\n');
    expect(failure(await pollEndpoint(address, METRICS, context))?.reason).toBe(
      `${new URL(address).host} answered /metrics with a page without metrics of EventStoreDB or KurrentDB.`,
    );
  });
});

it('whose gossip it is, the configured address tells when the answer does not', async () => {
  const port = new URL(url()).port;
  const row = { state: 'Follower', isAlive: true, httpEndPointIp: '127.0.0.1' };
  const members = [
    { ...row, httpEndPointPort: Number(port) },
    { ...row, httpEndPointPort: 1 },
  ];
  const body = JSON.stringify({ members });
  const replies = { get: async () => ({ status: 200, headers: {}, bytes: Buffer.from(body), body }) };
  const observation = await pollEndpoint(url(), GOSSIP, { ...context, egress: replies });
  expect(observation).toMatchObject({ ok: true, value: { self: `127.0.0.1:${port}` } });
});
