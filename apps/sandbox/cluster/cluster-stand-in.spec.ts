import { afterEach, describe, expect, it } from 'vitest';
import { waitUntil } from '../../../libs/testing/index.js';
import {
  ClusterStandIn,
  SERVER_VERSIONS,
  type ClusterStandInOptions,
  type ServerVersionName,
} from './index.js';

let cluster: ClusterStandIn;
afterEach(() => cluster.stop());

async function start(options?: ClusterStandInOptions): Promise<void> {
  cluster = new ClusterStandIn();
  await cluster.start(options);
}

interface Row {
  httpEndPointPort: number;
  state: string;
  isAlive: boolean;
}
const ask = (index: number, path: string, init?: RequestInit) =>
  fetch(`${cluster.nodes[index]!.url}${path}`, init);
const json = async (index: number, path: string): Promise<any> => (await ask(index, path)).json();

/** The rows that a node shows, by index of the member: `Leader`, `Follower dead`. */
async function view(index: number): Promise<string[]> {
  const { members } = (await json(index, '/gossip')) as { members: Row[] };
  return cluster.nodes.map(({ url }) => {
    const row = members.find(({ httpEndPointPort }) => url.endsWith(`:${httpEndPointPort}`));
    return `${row?.state}${row?.isAlive === true ? '' : ' dead'}`;
  });
}

it('starts healthy, all nodes of one mind', async () => {
  await start();
  for (const index of [0, 1, 2]) expect(await view(index)).toEqual(['Leader', 'Follower', 'Follower']);
  expect(await json(1, '/info')).toMatchObject({ state: 'follower', esVersion: '24.10.4' });
  expect((await ask(0, '/health/live')).status).toBe(204);
  expect((await ask(0, '/nothing')).status).toBe(404);
  expect((await ask(0, '/gossip', { method: 'POST' })).status).toBe(405);
  const { members, serverPort } = await json(0, '/gossip');
  expect(members.map((row: Row) => row.httpEndPointPort)).toEqual(
    members.map((row: Row) => row.httpEndPointPort).toSorted((one: number, other: number) => other - one),
  );
  expect(cluster.nodes[0]?.url).toBe(`http://127.0.0.1:${serverPort}`);
});

it('shows disks in both forms of /stats', async () => {
  await start({ nodes: 1, mount: '/mnt/data-1', diskTotalBytes: 1_000 });
  cluster.setDisk(0, 84.5);
  expect(await json(0, '/stats?group=false')).toMatchObject({
    'sys-drive-/mnt/data-1-availableBytes': 155,
    'sys-drive-/mnt/data-1-totalBytes': 1_000,
    'sys-drive-/mnt/data-1-usage': 84,
  });
  expect((await json(0, '/stats')).sys.drive['/mnt/data']['1'].usedBytes).toBe(845);
});

describe('nodes', () => {
  it('die and come back, and another leads meanwhile', async () => {
    await start();
    await cluster.setDown(0, 'refuse');
    await expect(ask(0, '/gossip')).rejects.toThrow();
    expect(await view(1)).toEqual(['Leader dead', 'Leader', 'Follower']);
    await cluster.setDown(0, null);
    expect(await view(0)).toEqual(['Follower', 'Leader', 'Follower']);
  });

  it('are cut off from each other: the larger part keeps a leader', async () => {
    await start();
    cluster.partition([0]);
    expect(await view(0)).toEqual(['Unknown', 'Follower dead', 'Follower dead']);
    expect(await view(1)).toEqual(['Leader dead', 'Leader', 'Follower']);
    cluster.partition([]);
    expect(await view(0)).toEqual(['Follower', 'Leader', 'Follower']);
  });

  it('have no leader when told so, until told otherwise', async () => {
    await start();
    cluster.setLeader(null);
    expect(await view(2)).toEqual(['Unknown', 'Unknown', 'Unknown']);
    cluster.setLeader(2);
    expect(await view(0)).toEqual(['Follower', 'Follower', 'Leader']);
  });

  it('answer wrongly when told so', async () => {
    await start({ nodes: 1 });
    cluster.setFault(0, 'html');
    expect(await (await ask(0, '/gossip')).text()).toContain('<!DOCTYPE html>');
    cluster.setFault(0, 'half-json');
    await expect(json(0, '/gossip')).rejects.toThrow(SyntaxError);
    cluster.setFault(0, 'no-gossip');
    expect([(await ask(0, '/gossip')).status, (await ask(0, '/info')).status]).toEqual([404, 200]);
    cluster.setFault(0, 'unavailable');
    expect((await ask(0, '/info')).status).toBe(503);
    cluster.setFault(0, 'gossip-408');
    expect([(await ask(0, '/gossip')).status, (await ask(0, '/info')).status]).toEqual([408, 200]);
    cluster.setFault(0, 'no-stats');
    expect([(await ask(0, '/stats')).status, (await ask(0, '/metrics')).status]).toEqual([404, 404]);
    cluster.setFault(0, 'gossip-hang');
    await expect(ask(0, '/gossip', { signal: AbortSignal.timeout(50) })).rejects.toThrow('timeout');
    cluster.setFault(0, 'hang');
    await expect(ask(0, '/info', { signal: AbortSignal.timeout(50) })).rejects.toThrow('timeout');
  });
});

it('wants credentials for /stats, and none for the rest, when it has some', async () => {
  await start({ nodes: 1, credentials: { username: 'ops', password: 'changeit' } });
  const status = async (path: string, authorization?: string): Promise<number> =>
    (await ask(0, path, authorization === undefined ? {} : { headers: { authorization } })).status;
  const good = `Basic ${btoa('ops:changeit')}`;
  expect([await status('/stats'), await status('/stats', good), await status('/gossip')]).toEqual([
    401, 200, 200,
  ]);
  expect([await status('/metrics'), await status('/metrics', good)]).toEqual([401, 200]);
  expect(await status('/gossip', `Basic ${btoa('ops:wrong')}`)).toBe(401);
  cluster.setLeader(null);
  expect([await status('/stats', good), await status('/gossip')]).toEqual([503, 200]);
});

describe('what goes wrong between the nodes', () => {
  it('is a leader that only one of them believes in, or none', async () => {
    await start();
    cluster.setView(2, 1);
    expect(await view(2)).toEqual(['Follower', 'Leader', 'Follower']);
    expect(await view(1)).toEqual(['Leader', 'Follower', 'Follower']);
    cluster.setView(2, 'nobody');
    expect(await view(2)).toEqual(['Unknown', 'Follower', 'Follower']);
    cluster.setView(2, null);
    expect(await view(2)).toEqual(['Leader', 'Follower', 'Follower']);
  });

  it('is an old leader that was cut off and does not know it, with the epoch of its time', async () => {
    await start();
    cluster.partition([0]);
    cluster.setView(0, 0);
    expect(await view(0)).toEqual(['Leader', 'Follower dead', 'Follower dead']);
    expect(await view(1)).toEqual(['Leader dead', 'Leader', 'Follower']);
    expect(await json(0, '/info')).toMatchObject({ state: 'leader' });
    expect([await own(0), await own(1)]).toMatchObject([{ epochNumber: 0 }, { epochNumber: 1 }]);
  });

  it('is a node that takes another for dead, one way', async () => {
    await start();
    cluster.setBlind(2, 1);
    expect(await view(2)).toEqual(['Leader', 'Follower dead', 'Follower']);
    expect(await view(1)).toEqual(['Leader', 'Follower', 'Follower']);
    cluster.setBlind(2, 1, false);
    expect(await view(2)).toEqual(['Leader', 'Follower', 'Follower']);
  });

  it('is a dead row that is forgotten, until the node is back', async () => {
    await start();
    expect(() => cluster.forget(1)).toThrow('Node 1 lives');
    await cluster.setDown(1, 'refuse');
    cluster.forget(1);
    expect(await view(0)).toEqual(['Leader', 'undefined dead', 'Follower']);
    await cluster.setDown(1, null);
    expect(await view(0)).toEqual(['Leader', 'Follower', 'Follower']);
  });
});

const own = async (index: number): Promise<any> => {
  const { members, serverPort } = await json(index, '/gossip');
  return members.find((row: any) => (row.httpEndPointPort ?? row.externalHttpPort) === serverPort);
};

it('shows rows of nobody: ghosts and seeds', async () => {
  await start();
  cluster.setGhosts(1);
  cluster.setManagers(2);
  const { members } = await json(0, '/gossip');
  expect(members.map(({ state, isAlive }: Row) => `${state} ${isAlive}`)).toEqual(
    expect.arrayContaining(['Follower false', 'Manager false', 'Manager false']),
  );
  expect(members).toHaveLength(6);
  expect(members.find(({ state }: Row) => state === 'Manager')).toMatchObject({
    instanceId: '00000000-0000-0000-0000-000000000000',
    writerCheckpoint: -1,
  });
});

it('lets a follower fall behind by so much, or stand still', async () => {
  await start();
  cluster.setBehind(1, 15_900);
  cluster.setBehind(2, 'frozen');
  cluster.setWriting(1_000_000_000);
  await waitUntil(async () => (await own(0)).writerCheckpoint > 101_017, { what: 'the leader to go on' });
  const [leader, follower, frozen] = [await own(0), await own(1), await own(2)];
  expect(frozen.writerCheckpoint).toBe(101_017);
  expect(follower.writerCheckpoint).toBeGreaterThanOrEqual(leader.writerCheckpoint - 15_900);
  cluster.setWriting(0);
  cluster.setBehind(1, 15_900);
  expect((await own(0)).writerCheckpoint - (await own(1)).writerCheckpoint).toBe(15_900);
});

it('has read-only replicas, which do not vote', async () => {
  await start({ nodes: 3, replicas: 1 });
  expect(await own(3)).toMatchObject({ state: 'ReadOnlyReplica', isReadOnlyReplica: true });
  expect(() => cluster.setLeader(3)).toThrow('read-only replica');
  await cluster.setDown(0, 'refuse');
  await cluster.setDown(1, 'refuse');
  expect((await own(3)).state).toBe('ReadOnlyLeaderless');
  await cluster.reset();
  expect(await view(3)).toEqual(['Leader', 'Follower', 'Follower', 'ReadOnlyReplica']);
});

describe.each(Object.keys(SERVER_VERSIONS) as ServerVersionName[])('version %s', (version) => {
  const isAtLeast = (other: ServerVersionName): boolean =>
    Object.keys(SERVER_VERSIONS).indexOf(version) >= Object.keys(SERVER_VERSIONS).indexOf(other);

  it('answers as its servers do', async () => {
    await start({ version });
    const row = await own(0);
    expect(row.state).toBe(version === '5.0' ? 'Master' : 'Leader');
    expect(await json(1, '/info')).toMatchObject({ state: version === '5.0' ? 'slave' : 'follower' });
    const has = (member: string): boolean => Object.hasOwn(row, member);
    expect([has('externalHttpPort'), has('httpEndPointPort'), has('internalHttpEndPointPort')]).toEqual([
      version === '5.0',
      version !== '5.0',
      isAtLeast('24.10'),
    ]);
    expect([has('isReadOnlyReplica'), has('esVersion')]).toEqual([version !== '5.0', isAtLeast('23.10')]);
    const stats = await json(0, '/stats?group=false');
    expect(typeof stats['sys-drive-/var/lib/eventstore-usage']).toBe(
      isAtLeast('24.10') ? 'number' : 'string',
    );
    expect(Object.hasOwn(stats, 'sys-loadavg-1m')).toBe(version !== '5.0');
    expect(Object.hasOwn(stats, 'sys-totalMem')).toBe(isAtLeast('22.10'));
    expect((await ask(0, '/health/live')).status).toBe(version === '5.0' ? 404 : 204);
  });

  it('has metrics of its name, or none', async () => {
    await start({ version });
    const answer = await ask(0, '/metrics', { headers: { accept: 'application/openmetrics-text, */*' } });
    if (!isAtLeast('23.10')) return expect(answer.status).toBe(404);
    const text = await answer.text();
    const prefix = isAtLeast('25.1') ? 'kurrentdb' : 'eventstore';
    expect(text).toMatch(new RegExp(`^${prefix}_sys_mem_bytes{.*kind="free"} 8000000000`, 'm'));
    expect(answer.headers.get('content-type')).toContain(isAtLeast('25.1') ? 'openmetrics' : 'text/plain');
    expect(text.endsWith('# EOF\n')).toBe(isAtLeast('25.1'));
    expect((await ask(0, '/metrics', { headers: { accept: 'application/json' } })).status).toBe(406);
  });
});

it('has no gossip as a single node of an old version', async () => {
  await start({ nodes: 1, version: '5.0' });
  expect((await ask(0, '/gossip')).status).toBe(404);
  await cluster.stop();
  await start({ nodes: 1, version: '20.10' });
  await expect(ask(0, '/gossip', { signal: AbortSignal.timeout(50) })).rejects.toThrow('timeout');
});

it('tells figures that cannot be true, or none', async () => {
  await start();
  cluster.setMemory(0, 'impossible');
  const stats = await json(0, '/stats?group=false');
  expect(stats['sys-freeMem']).toBeGreaterThan(stats['sys-totalMem']);
  cluster.setMemory(0, null);
  cluster.setLoad(0, null);
  cluster.setDisk(0, null);
  const none = await json(0, '/stats?group=false');
  expect(Object.keys(none).filter((key) => /Mem|loadavg/.test(key))).toEqual([]);
  expect(none['sys-drive-Unknown-totalBytes']).toBe(0);
  cluster.setLive(0, false);
  expect((await ask(0, '/health/live')).status).toBe(503);
});

describe('log files', () => {
  const text = async (path: string, range?: string): Promise<string> =>
    (await ask(0, path, range === undefined ? {} : { headers: { range } })).text();
  const sizes = async (): Promise<string[]> =>
    ((await json(0, '/admin/logs')) as { name: string; size: number }[]).map(
      ({ name, size }) => `${name} ${size}`,
    );

  it('are there with a licence only, and for who has credentials', async () => {
    await start({ nodes: 1 });
    expect((await ask(0, '/admin/logs')).status).toBe(404);
    await cluster.stop();
    await start({ nodes: 1, isLicensed: true, credentials: { username: 'ops', password: 'changeit' } });
    expect([
      (await ask(0, '/admin/logs')).status,
      (await ask(0, '/admin/logs/log20260101.json')).status,
    ]).toEqual([401, 401]);
  });

  it('are listed newest first, and grow, follow each other and are emptied', async () => {
    await start({ nodes: 1, isLicensed: true });
    cluster.appendLog(0, 'one\n');
    cluster.rotateLog(0);
    cluster.appendLog(0, 'two\nthree');
    expect((await sizes()).filter((one) => /^log\d/.test(one))).toEqual([
      'log20260102.json 9',
      'log20260101.json 4',
    ]);
    expect((await sizes()).filter((one) => one.startsWith('log-'))).toHaveLength(4);
    expect(await text('/admin/logs/log20260102.json')).toBe('two\nthree');
    cluster.truncateLog(0);
    expect(await sizes()).toContain('log20260102.json 0');
    expect((await ask(0, '/admin/logs/log20260103.json')).status).toBe(404);
  });

  it('can be had in parts, unless the server knows none', async () => {
    await start({ nodes: 1, isLicensed: true });
    cluster.appendLog(0, '0123456789');
    const path = '/admin/logs/log20260101.json';
    expect([await text(path, 'bytes=3-5'), await text(path, 'bytes=8-')]).toEqual(['345', '89']);
    expect((await ask(0, path, { headers: { range: 'bytes=10-' } })).status).toBe(416);
    cluster.setFault(0, 'no-ranges');
    expect(await text(path, 'bytes=3-5')).toBe('0123456789');
  });
});

it('has counters that begin anew when a node starts again', async () => {
  await start({ nodes: 1, version: '25.1' });
  const page = async (): Promise<string> => (await ask(0, '/metrics')).text();
  const pid = async (): Promise<string | undefined> =>
    /proc_up_time_seconds_total{.*pid="(\d+)"}/.exec(await page())?.[1];
  const before = await pid();
  expect(await page()).toMatch(
    /^# TYPE kurrentdb_io_bytes_total counter\nkurrentdb_io_bytes_total{.*activity="read"} \d+$/m,
  );
  expect(await page()).toMatch(/^kurrentdb_gossip_latency_seconds_bucket{.*le="\+Inf"} 9$/m);
  await cluster.setDown(0, 'hang');
  await cluster.setDown(0, null);
  expect(await pid()).not.toBe(before);
  await cluster.stop();
  await start({ nodes: 1 });
  expect(await page()).toMatch(/^eventstore_gc_total_allocated \d+ \d+$/m);
});
