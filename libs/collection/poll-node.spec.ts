import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { ClusterStandIn } from '../../apps/sandbox/cluster/index.js';
import type { EndpointObservation } from '../detection/index.js';
import { Egress } from '../egress/index.js';
import { ManualClock } from '../testing/index.js';
import { explainStatus } from './explain-status.js';
import { GOSSIP, INFO, pollEndpoint, STATS, type PollContext } from './poll-node.js';

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
    expect(await pollEndpoint(url(), INFO, context)).toMatchObject({ value: { state: 'leader' } });
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
      reason: `${host()} does not accept the cluster's credentials for /stats.`,
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
      reason: `${host(1)} did not answer within 0.06 s.`,
    });
  });

  it('when it is down', async () => {
    await cluster.setDown(2, 'refuse');
    expect(failure(await pollEndpoint(url(2), GOSSIP, context))?.code).toBe('refused');
    await cluster.setDown(2, null);
  });

  it('when its address is none, or denied', async () => {
    expect(failure(await pollEndpoint('n1', GOSSIP, context))?.code).toBe('bad-url');
    expect(failure(await pollEndpoint('http://169.254.169.254', GOSSIP, context))?.code).toBe(
      'address-denied',
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

it.each([401, 403, 404, 406, 408, 418, 500, 503])(
  'every status has a reason that names node and endpoint: %d',
  (status) => {
    for (const endpoint of ['gossip', 'info', 'stats'] as const) {
      for (const hasCredentials of [true, false]) {
        const { reason } = explainStatus(endpoint, status, 'n1.example.com:2113', hasCredentials);
        expect(reason).toMatch(new RegExp(`^n1\\.example\\.com:2113 .*/${endpoint}`));
      }
    }
  },
);
