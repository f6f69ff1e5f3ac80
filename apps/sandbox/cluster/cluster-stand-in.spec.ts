import { afterEach, describe, expect, it } from 'vitest';
import { ClusterStandIn, type ClusterStandInOptions } from './index.js';

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

const control = (name: string, body: unknown) =>
  fetch(`${cluster.controlUrl}/${name}`, { method: 'POST', body: JSON.stringify(body) });

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
  expect(await status('/gossip', `Basic ${btoa('ops:wrong')}`)).toBe(401);
  cluster.setLeader(null);
  expect([await status('/stats', good), await status('/gossip')]).toEqual([503, 200]);
});

it('is driven from outside', async () => {
  await start();
  expect((await control('disk', { node: 1, percent: 91 })).status).toBe(200);
  expect((await control('down', { node: 2, how: 'refuse' })).status).toBe(200);
  expect((await control('fault', { node: 1, fault: 'html' })).status).toBe(200);
  expect((await control('leader', { node: 1 })).status).toBe(200);
  const described = await (await fetch(`${cluster.controlUrl}/`)).json();
  expect(described).toMatchObject({
    nodes: [{ state: 'Follower' }, { diskPercent: 91, fault: 'html', state: 'Leader' }, { down: 'refuse' }],
  });
  for (const [name, body] of Object.entries({
    disk: { node: 7, percent: 1 },
    fault: { node: 0, fault: 'x' },
    leader: {},
  })) {
    expect((await control(name, body)).status).toBe(400);
  }
  expect((await control('nothing', {})).status).toBe(404);
});
