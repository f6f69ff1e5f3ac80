import { afterAll, describe, expect, it } from 'vitest';
import type { ClusterStandIn, ClusterStandInOptions } from '../../apps/sandbox/cluster/index.js';
import { kindsByName, World, type Watched } from './support/world.js';

/** What is done to a cluster, and which kinds of issues that is. */
interface Situation {
  readonly options?: ClusterStandInOptions;
  readonly memoryBytes?: number;
  happen(cluster: ClusterStandIn): void | Promise<void>;
  readonly raises: readonly string[];
}

const SITUATIONS: Readonly<Record<string, Situation>> = {
  'nobody leads': { happen: (cluster) => cluster.setLeader(null), raises: ['cluster-consensus'] },
  'two of three are dead': {
    happen: async (cluster) => {
      await cluster.setDown(1, 'refuse');
      await cluster.setDown(2, 'refuse');
    },
    raises: ['cluster-consensus', 'unreachable-node'],
  },
  'a node takes connections and never answers': {
    happen: (cluster) => cluster.setDown(2, 'hang'),
    raises: ['cluster-consensus', 'unreachable-node'],
  },
  'a dead node is forgotten': {
    happen: async (cluster) => {
      await cluster.setDown(2, 'refuse');
      cluster.forget(2);
    },
    raises: ['cluster-consensus', 'unreachable-node'],
  },
  'an answer is cut off': {
    happen: (cluster) => cluster.setFault(2, 'half-json'),
    raises: ['cluster-consensus'],
  },
  'one node says nobody leads': {
    happen: (cluster) => cluster.setView(1, 'nobody'),
    raises: ['cluster-consensus', 'leader-mismatch'],
  },
  'a dead leader is replaced': {
    happen: (cluster) => cluster.setDown(0, 'refuse'),
    raises: ['cluster-consensus', 'unreachable-node'],
  },
  'seeds linger and a former member is dead': {
    happen: (cluster) => {
      cluster.setManagers(2);
      cluster.setGhosts(2);
    },
    raises: [],
  },
  'a follower is a clone': { happen: (cluster) => cluster.setState(2, 'Clone'), raises: [] },
  'figures are missing or impossible': {
    happen: (cluster) => {
      cluster.setDisk(0, null);
      cluster.setLoad(1, null);
      cluster.setMemory(1, null);
      cluster.setMemory(2, 'impossible');
    },
    raises: [],
  },
  'figures are not to be had': { happen: (cluster) => cluster.setFault(1, 'no-stats'), raises: [] },
  'health says no': { happen: (cluster) => cluster.setLive(1, false), raises: [] },
  'on 5.0, a slave follows another master': {
    options: { version: '5.0' },
    happen: (cluster) => cluster.setView(2, 1),
    raises: ['cluster-consensus', 'leader-mismatch'],
  },
  'on 5.0, a slave stands still': {
    options: { version: '5.0' },
    happen: (cluster) => cluster.setBehind(2, 'frozen'),
    raises: ['node-out-of-sync'],
  },
  'on 20.10, disk and memory fill': {
    options: { version: '20.10' },
    memoryBytes: 16_000_000_000,
    happen: (cluster) => {
      cluster.setDisk(1, 85);
      cluster.setMemory(1, 95);
    },
    raises: ['disk-usage', 'memory-usage'],
  },
  'on 26.1, the load rises': {
    options: { version: '26.1' },
    happen: (cluster) => cluster.setLoad(0, 9),
    raises: ['core-load'],
  },
  'a replica falls behind and follows nobody': {
    options: { replicas: 1 },
    happen: (cluster) => cluster.setBehind(3, 'frozen'),
    raises: [],
  },
  'a replica is dead': {
    options: { replicas: 1 },
    happen: (cluster) => cluster.setDown(3, 'refuse'),
    raises: ['cluster-consensus', 'unreachable-node'],
  },
  'a single node is dead': {
    options: { nodes: 1 },
    happen: (cluster) => cluster.setDown(0, 'refuse'),
    raises: ['cluster-consensus'],
  },
  'a single node leads nobody': {
    options: { nodes: 1 },
    happen: (cluster) => cluster.setLeader(null),
    raises: ['cluster-consensus'],
  },
};

describe('every situation', () => {
  let world: World;
  afterAll(() => world?.stop());

  it('raises just what it is, and ends with it', async () => {
    world = await World.start({
      SPILLWAY_HOST_INTERVAL: '800ms',
      // Shorter than a round with a node that hangs, which takes five seconds.
      SPILLWAY_GOSSIP_INTERVAL: '1s',
      SPILLWAY_OUT_OF_SYNC_WINDOW: '3s',
      SPILLWAY_LEADER_MISMATCH_WINDOW: '3s',
      SPILLWAY_UNREACHABLE_WINDOW: '3s',
    });
    const watched: (readonly [Watched, Situation])[] = [];
    for (const [name, situation] of Object.entries(SITUATIONS)) {
      const { options, memoryBytes } = situation;
      const registration = (urls: readonly string[]) => ({
        nodes: urls.map((address) => ({
          address,
          cores: 4,
          ...(memoryBytes === undefined ? {} : { memoryBytes }),
        })),
      });
      const one = await world.watchAnother(name, options, registration);
      one.standIn.setWriting(50_000);
      watched.push([one, situation]);
    }
    await world.untilSeen(watched.map(([one]) => one));
    expect(kindsByName(await world.project.issues(), watched)).toEqual(
      Object.fromEntries(Object.keys(SITUATIONS).map((name) => [name, []])),
    );
    for (const [{ standIn }, { happen }] of watched) await happen(standIn);
    await world.untilOpen(watched.map(([one, { raises }]) => [one, raises]));
    for (const [{ standIn }] of watched) await standIn.reset();
    await world.untilOpen(watched.map(([one]) => [one, []]));
    const all = kindsByName(await world.project.issues(), watched);
    expect(all).toEqual(
      Object.fromEntries(watched.map(([{ name }, { raises }]) => [name, [...raises].sort()])),
    );
  });
});
