import { beforeEach, expect, it } from 'vitest';
import { silentLogger } from '../observability/index.js';
import { waitUntil } from '../testing/index.js';
import { phaseOf, PollSchedules } from './poll-schedules.js';
import { InMemoryClusters, InMemoryQueue, watchedCluster } from './testing/in-memory.js';

const INTERVALS = { gossip: 30_000, host: 15_000 };
const phase = (clusterId: string, round: 'gossip' | 'host'): number => phaseOf(clusterId, round, INTERVALS);

let queue: InMemoryQueue;
let clusters: InMemoryClusters;
let cleaned: (string | undefined)[];
let schedules: PollSchedules;

beforeEach(() => {
  [queue, clusters, cleaned] = [new InMemoryQueue(), new InMemoryClusters(), []];
  const issues = { closeLeftovers: async (id?: string) => void cleaned.push(id) };
  schedules = new PollSchedules(queue, clusters, issues, INTERVALS, silentLogger);
});

const watch = (id: string): unknown => clusters.clusters.set(id, watchedCluster(id));

it('plans two rounds for each cluster and none for others', async () => {
  watch('a');
  await queue.schedule('gone.gossip', 1, 0, { clusterId: 'gone', round: 'gossip' });
  await queue.schedule('a.host', 1, 0, { clusterId: 'a', round: 'host' });
  schedules.start();
  await waitUntil(() => cleaned.length > 0, { what: 'the first comparison' });
  await schedules.stop();
  expect(Object.fromEntries(queue.planned)).toEqual({
    'a.gossip': {
      everyMs: 30_000,
      phaseMs: phase('a', 'gossip'),
      payload: { clusterId: 'a', round: 'gossip' },
    },
    'a.host': { everyMs: 15_000, phaseMs: phase('a', 'host'), payload: { clusterId: 'a', round: 'host' } },
  });
  expect(cleaned).toEqual([undefined]);
});

it('heals a queue that lost everything, and leaves alone what is there', async () => {
  watch('a');
  await schedules.reconcile();
  const before = queue.planned.get('a.host');
  queue.planned.delete('a.gossip');
  await schedules.reconcile();
  expect([...queue.planned.keys()].sort()).toEqual(['a.gossip', 'a.host']);
  expect(queue.planned.get('a.host')).toBe(before);
});

it('polls a new or changed cluster at once', async () => {
  watch('a');
  await schedules.clusterChanged('a');
  expect(queue.woken).toEqual(['a.gossip', 'a.host']);
  expect(queue.planned.size).toBe(2);
});

it('stops polling a removed cluster, and ends what is open of it', async () => {
  watch('a');
  await schedules.clusterChanged('a');
  clusters.clusters.delete('a');
  await schedules.clusterChanged('a');
  expect(queue.planned.size).toBe(0);
  expect(cleaned).toEqual(['a', 'a']);
});

it('does not fail the caller when the queue is away', async () => {
  watch('a');
  queue.schedule = () => Promise.reject(new Error('the queue is away'));
  await schedules.clusterChanged('a');
  schedules.start();
  await schedules.stop();
});

it('spreads clusters over the interval, and puts the two rounds of each half an interval apart', () => {
  const ids = Array.from({ length: 1_000 }, (_, index) => `cluster-${index}`);
  const tenths = Array.from({ length: 10 }, () => 0);
  for (const id of ids) {
    const gossip = phase(id, 'gossip');
    tenths[Math.floor(gossip / 3_000)]! += 1;
    expect(Math.abs((gossip % 15_000) - phase(id, 'host'))).toBeCloseTo(7_500);
  }
  expect(Math.min(...tenths)).toBeGreaterThan(70);
  expect(Math.max(...tenths)).toBeLessThan(130);
});
