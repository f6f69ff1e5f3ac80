import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SERVER_VERSIONS, type ServerVersionName } from '../../apps/sandbox/cluster/index.js';
import type { ClusterView } from '../../apps/sandbox/hub/index.js';
import { waitUntil } from '../../libs/testing/index.js';
import { World, type Watched } from './support/world.js';

const ROUNDS_OF_EACH_KIND = 4;
const PEERLESS = ['frequent-elections', 'leader-mismatch', 'node-out-of-sync', 'unreachable-node'];

describe('clusters at which there is nothing wrong', () => {
  let world: World;
  const watched: Record<string, Watched> = {};
  const watch = async (
    name: string,
    ...options: Parameters<World['watchAnother']> extends [string, ...infer Rest] ? Rest : never
  ) => {
    watched[name] = await world.watchAnother(name, ...options);
    watched[name].standIn.setWriting(50_000);
  };

  beforeAll(async () => {
    world = await World.start({ SPILLWAY_HOST_INTERVAL: '600ms', SPILLWAY_GOSSIP_INTERVAL: '800ms' });
    for (const version of Object.keys(SERVER_VERSIONS) as ServerVersionName[])
      await watch(`v${version}`, { version });
    await watch('one without gossip', { nodes: 1, version: '5.0' });
    await watch('one that never answers gossip', { nodes: 1, version: '20.10' });
    await watch('with a replica', { replicas: 1 });
    await watch('secured', { credentials: { username: 'ops', password: 'changeit' } });
    await watch('without cores', {}, (urls) => ({ nodes: urls.map((address) => ({ address })) }));
    await watch('in an election');
    await world.untilSeen(Object.values(watched));
    watched['in an election']!.standIn.elect(1, { electingMs: 700, settlingMs: 700 });
    await Promise.all(Object.values(watched).map(untilLookedAt));
  }, 90_000);
  afterAll(() => world?.stop());

  /** Often enough for anything to open that would. */
  const untilLookedAt = ({ id, name }: Watched): Promise<true> =>
    waitUntil(
      async () => {
        const lines = (await world.project.observations(id)).split('\n').filter((line) => line !== '');
        const rounds = lines.map((line) => (JSON.parse(line) as { round: string }).round);
        return ['gossip', 'host'].every(
          (round) => rounds.filter((one) => one === round).length >= ROUNDS_OF_EACH_KIND,
        );
      },
      { what: `${ROUNDS_OF_EACH_KIND} rounds of each kind at ${name}`, timeoutMs: 60_000, intervalMs: 250 },
    );
  const viewOf = (name: string): Promise<ClusterView> => world.project.cluster(watched[name]!.id);
  const rolesOf = ({ nodes }: ClusterView): unknown[] => nodes.map(({ role }) => role);
  /** Detectors that are not on, with the reason. */
  const silentOf = ({ detectors }: ClusterView): Record<string, string> =>
    Object.fromEntries(
      detectors
        .filter(({ status }) => status !== 'on')
        .map(({ kind, status, reason }) => [kind, `${status}: ${reason}`]),
    );

  it('raise no issue', async () => {
    expect(await world.project.issues()).toEqual([]);
    expect(world.slack.workspace.messages).toEqual([]);
  });

  it.each(Object.keys(SERVER_VERSIONS))(
    'show their roles, and what cannot be judged, on version %s',
    async (version) => {
      const view = await viewOf(`v${version}`);
      expect(rolesOf(view)).toEqual(['Leader', 'Follower', 'Follower']);
      for (const { reachability, version: number } of view.nodes) {
        expect(reachability).toMatchObject({ status: 'reachable', reason: null });
        expect(number).toBe(SERVER_VERSIONS[version as ServerVersionName].number);
      }
      const noMemory = expect.stringMatching(/^blind: .*memoryBytes/);
      const noLoad = expect.stringMatching(/^blind: .*no load average/);
      const silent =
        version === '5.0'
          ? { 'core-load': noLoad, 'memory-usage': noMemory }
          : version === '20.10'
            ? { 'memory-usage': noMemory }
            : {};
      expect(silentOf(view)).toEqual(silent);
    },
  );

  it.each(['one without gossip', 'one that never answers gossip'])(
    'are a single node, %s: what needs peers is off',
    async (name) => {
      const view = await viewOf(name);
      expect(rolesOf(view)).toEqual(['Leader']);
      expect(Object.keys(silentOf(view))).toEqual(expect.arrayContaining(PEERLESS));
      for (const kind of PEERLESS) expect(silentOf(view)[kind]).toMatch(/^off: /);
      expect(silentOf(view)).not.toHaveProperty('cluster-consensus');
    },
  );

  it('have a read-only replica', async () => {
    const view = await viewOf('with a replica');
    expect(rolesOf(view)).toEqual(['Leader', 'Follower', 'Follower', 'ReadOnlyReplica']);
    expect(silentOf(view)).toEqual({});
  });

  it('keep their figures to themselves: which detectors are blind, and why', async () => {
    const view = await viewOf('secured');
    expect(rolesOf(view)).toEqual(['Leader', 'Follower', 'Follower']);
    const silent = silentOf(view);
    expect(Object.keys(silent).sort()).toEqual(['core-load', 'disk-usage', 'memory-usage']);
    // Each node has its own reason, which names it.
    expect(JSON.stringify(view.detectors)).toMatch(/blind/);
    expect(JSON.stringify(view)).toContain('wants credentials');
  });

  it('have no core count: the load is not judged, and the cluster says so', async () => {
    expect(silentOf(await viewOf('without cores'))).toEqual({
      'core-load': expect.stringMatching(/^off: .*core/),
    });
  });

  it('had an election', async () => {
    expect(rolesOf(await viewOf('in an election'))).toEqual(['Follower', 'Leader', 'Follower']);
  });
});
