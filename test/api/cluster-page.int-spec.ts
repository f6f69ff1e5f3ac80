import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { failed, reports, says, silent } from '../../libs/detection/testing/looks.js';
import { LogFileStore } from '../../libs/persistence/index.js';
import { startApiApp, type ApiApp } from './api-app.js';
import { ApiClient } from './api-client.js';
import { keepRound, type RegisteredCluster } from './observed-clusters.js';

const nodesOf = (...hosts: string[]) =>
  hosts.map((host) => ({ address: `https://${host}.example.com:2113`, cores: 4 }));
const BOTH = ['n1 Leader @1000 e3', 'n2 Follower @900 e3'] as const;

let api: ApiApp;
let client: ApiClient;
let project: string;
let clusters: string;

beforeAll(async () => {
  api = await startApiApp();
  client = new ApiClient(api.app);
  await client.signIn();
});
beforeEach(async () => {
  project = `/hub/v1/${(await client.tenant()).path}`;
  clusters = `${project}/clusters`;
});
afterAll(() => api.close());

async function register(body: object = {}): Promise<RegisteredCluster> {
  const { json } = await client.call('POST', clusters, {
    name: 'orders-db',
    nodes: nodesOf('n1', 'n2'),
    ...body,
  });
  return (await client.call('GET', `${clusters}/${String(json.id)}`)).json;
}
const read = async ({ id }: RegisteredCluster) => (await client.call('GET', `${clusters}/${id}`)).json;
const secondsAgo = (seconds: number): Date => new Date(api.clock.now().getTime() - seconds * 1_000);
const stamped = <Observations extends object>(observations: Observations, at: Date): Observations =>
  Object.fromEntries(
    Object.entries(observations).map(([name, one]) => [name, { ...one, at: at.toISOString() }]),
  ) as Observations;

describe('the page of a cluster', () => {
  it('that was never polled tells so', async () => {
    const { nodes, detectors } = await read(await register());
    expect(nodes[0]).toMatchObject({ role: null, reachability: { status: 'unknown' }, lastObservedAt: null });
    expect(detectors.map(({ status }: { status: string }) => status)).not.toContain('on');
  });

  it('says why the log files of a node cannot be read, and since when', async () => {
    const cluster = await register({ logs: { poll: true } });
    const since = secondsAgo(60);
    const failure = { code: 'not-found', reason: 'n1 has no /admin/logs.' };
    await new LogFileStore().report(api.database, cluster.nodes[0]!.id, failure, since);
    await new LogFileStore().report(api.database, cluster.nodes[0]!.id, failure, secondsAgo(1));
    await new LogFileStore().report(api.database, cluster.nodes[1]!.id, null, since);
    const at = { since: since.toISOString(), readAt: null };
    const { nodes } = await read(cluster);
    expect(nodes.map(({ logs }: { logs: unknown }) => logs)).toEqual([
      { ok: false, ...failure, ...at },
      { ok: true, code: null, reason: null, ...at },
    ]);
  });

  it('shows roles, reachability, peers and figures of the latest rounds', async () => {
    const cluster = await register();
    const at = secondsAgo(10);
    const disk = reports({
      drives: [{ mount: '/data', totalBytes: 1_000, availableBytes: 250 }],
      loadAverage1m: 2,
    });
    await keepRound(api, cluster, 'gossip', at, [
      stamped(says('n1', ...BOTH), at),
      stamped(silent('refused', 'n2 refused.'), at),
    ]);
    await keepRound(api, cluster, 'host', at, [
      stamped(disk, at),
      stamped({ stats: failed('refused', 'n2 refused.') }, at),
    ]);
    const { nodes, detectors } = await read(cluster);
    expect(nodes[0]).toMatchObject({
      role: 'Leader',
      roleAt: at.toISOString(),
      version: '24.10.0',
      endpoint: 'n1.example.com:2113',
      reachability: { status: 'reachable', reason: null, at: at.toISOString() },
      seenByPeers: { 'https://n2.example.com:2113': 'unknown' },
      lastObservedAt: at.toISOString(),
      figures: {
        loadPerCore: { value: 0.5, at: at.toISOString(), ageSeconds: 10 },
        diskUsedPercent: { value: 75, mount: '/data' },
        memoryUsedPercent: null,
        behindBytes: { value: 0 },
        epochNumber: { value: 3 },
      },
      endpoints: { gossip: { ok: true }, stats: { ok: true } },
    });
    expect(nodes[1]).toMatchObject({
      role: null,
      reachability: { status: 'unreachable', reason: 'n2 refused.' },
      seenByPeers: { 'https://n1.example.com:2113': 'alive' },
      endpoints: { gossip: { ok: false, code: 'refused', reason: 'n2 refused.' } },
    });
    const disks = detectors.find(({ kind }: { kind: string }) => kind === 'disk-usage');
    expect(disks).toMatchObject({
      status: 'partly',
      nodes: [{ status: 'on' }, { status: 'blind', reason: 'n2 refused.' }],
    });
  });

  it('shows earlier figures and the earlier role with their age where the latest poll failed', async () => {
    const cluster = await register();
    const disk = reports({ drives: [{ mount: '/', totalBytes: 100, availableBytes: 10 }] });
    const [long, before, now] = [secondsAgo(120), secondsAgo(90), secondsAgo(5)];
    const other = reports({ drives: [{ mount: '/', totalBytes: 100, availableBytes: 50 }] });
    await keepRound(api, cluster, 'host', long, [stamped(other, long)]);
    await keepRound(api, cluster, 'host', before, [stamped(disk, before)]);
    await keepRound(api, cluster, 'host', now, [stamped({ stats: failed('timeout') }, now)]);
    await keepRound(api, cluster, 'gossip', before, [stamped(says('n1', ...BOTH), before)]);
    await keepRound(api, cluster, 'gossip', now, [stamped(silent('timeout'), now)]);
    const [node] = (await read(cluster)).nodes;
    expect(node).toMatchObject({
      role: 'Leader',
      roleAt: before.toISOString(),
      lastObservedAt: before.toISOString(),
      reachability: { status: 'unreachable', at: now.toISOString() },
      figures: { diskUsedPercent: { value: 90, ageSeconds: 90 }, epochNumber: { value: 3, ageSeconds: 90 } },
    });
  });

  it('names the open issues of its own detectors', async () => {
    const cluster = await register();
    const other = {
      key: 'mine',
      event: 'open',
      kind: 'disk-usage',
      severity: 'warning',
      message: 'm',
      clusterId: cluster.id,
    };
    await client.call('POST', `${project}/issues/events`, other);
    const { projectId } = (
      await api.database.query<{ projectId: string }>(
        'SELECT project_id AS "projectId" FROM clusters WHERE id = $1',
        [cluster.id],
      )
    )[0]!;
    await api.database.query(
      `INSERT INTO issues (id, project_id, key, kind, status, severity, cluster_id, message, opened_at, updated_at, event_count)
       VALUES ('i1', $1, $2, 'disk-usage', 'open', 'warning', $3, 'm', now(), now(), 1)`,
      [projectId, `spillway:disk-usage:${cluster.id}:n`, cluster.id],
    );
    const { detectors } = await read(cluster);
    expect(detectors.find(({ kind }: { kind: string }) => kind === 'disk-usage').openIssues).toEqual(['i1']);
  });
});

describe('the list of clusters', () => {
  it('shows each in brief, with the roles that its nodes had at last', async () => {
    const [one, two] = [await register(), await register({ name: 'other' })];
    const at = secondsAgo(10);
    await keepRound(api, one, 'gossip', at, [
      stamped(says('n1', ...BOTH), at),
      stamped(says('n2', ...BOTH), at),
    ]);
    const { json } = await client.call('GET', clusters);
    const time = expect.any(String);
    const shown = ({ id, name, nodes }: RegisteredCluster, ...roles: (string | null)[]) => ({
      id,
      name,
      status: 'available',
      nodes: nodes.map((node, index) => ({
        id: node.id,
        address: node.address,
        role: roles[index],
        roleAt: roles[index] === null ? null : at.toISOString(),
      })),
      createdAt: time,
      updatedAt: time,
    });
    expect(json.next).toBeNull();
    expect(json.clusters).toHaveLength(2);
    expect(json.clusters).toEqual(
      expect.arrayContaining([shown(one, 'Leader', 'Follower'), shown(two, null, null)]),
    );
  });
});

describe('detection settings of a cluster', () => {
  const change = (cluster: RegisteredCluster, detection: unknown) =>
    client.call('PATCH', `${clusters}/${cluster.id}`, { detection });

  it('may be given at once', async () => {
    const cluster = await register({ detection: { 'disk-usage': { threshold: 85, window: '2m' } } });
    expect((await read(cluster)).detection).toEqual({ 'disk-usage': { threshold: 85, window: '2m' } });
  });

  it('change member by member, and are shown beside those of the hub', async () => {
    const cluster = await register();
    await change(cluster, { 'disk-usage': { threshold: 85 }, 'core-load': { enabled: false } });
    const { json } = await change(cluster, { 'disk-usage': { window: '2m' } });
    expect(json.detection).toEqual({
      'disk-usage': { threshold: 85, window: '2m' },
      'core-load': { enabled: false },
    });
    const byKind = Object.fromEntries(json.detectors.map((one: { kind: string }) => [one.kind, one]));
    expect(byKind['disk-usage']).toMatchObject({
      enabled: true,
      settings: {
        threshold: { value: 85, default: 80, isOverridden: true },
        window: { value: '2m', default: '1m', isOverridden: true },
      },
    });
    expect(byKind['core-load']).toMatchObject({
      enabled: false,
      status: 'off',
      reason: 'it is switched off for this cluster',
    });
    expect(await read(cluster)).toEqual(json);
  });

  it('go back to what the hub has with null: a member, a kind, all', async () => {
    const cluster = await register();
    await change(cluster, { 'disk-usage': { threshold: 85, window: '2m' }, 'core-load': { enabled: false } });
    const after = async (detection: unknown) => (await change(cluster, detection)).json.detection;
    expect(await after({ 'disk-usage': { window: null } })).toEqual({
      'disk-usage': { threshold: 85 },
      'core-load': { enabled: false },
    });
    expect(await after({ 'disk-usage': null })).toEqual({ 'core-load': { enabled: false } });
    expect(await after(undefined)).toEqual({ 'core-load': { enabled: false } });
    expect(await after(null)).toEqual({});
  });

  it.each([
    ['a kind', { 'disc-usage': {} }, 'detection.disc-usage'],
    ['a member', { 'disk-usage': { treshold: 85 } }, 'detection.disk-usage.treshold'],
    ['text for a number', { 'disk-usage': { threshold: '85' } }, 'detection.disk-usage.threshold'],
    ['too large a number', { 'disk-usage': { threshold: 101 } }, 'detection.disk-usage.threshold'],
    ['a number for a duration', { 'disk-usage': { window: 60 } }, 'detection.disk-usage.window'],
    ['no duration', { 'disk-usage': { window: 'long' } }, 'detection.disk-usage.window'],
    ['no switch', { 'disk-usage': { enabled: 1 } }, 'detection.disk-usage.enabled'],
    ['no object', [], 'detection'],
  ])(
    'that are wrong (%s) are refused, naming the field, and nothing changes',
    async (_what, detection, field) => {
      const cluster = await register();
      const answer = await change(cluster, detection);
      expect([answer.status, Object.keys(answer.json.fields)]).toEqual([400, [field]]);
      expect((await read(cluster)).detection).toEqual({});
    },
  );

  it('are in the OpenAPI document', async () => {
    const { paths } = (await client.call('GET', '/docs/openapi.json')).json;
    const path = '/hub/v1/organizations/{organizationId}/projects/{projectId}/clusters/{clusterId}';
    const body = JSON.stringify(paths[path].patch.requestBody);
    expect(body).toContain('"disk-usage"');
    expect(body).toContain('Disk usage in percent above which an issue opens');
  });
});
