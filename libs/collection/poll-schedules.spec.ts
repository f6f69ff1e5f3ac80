import { beforeEach, expect, it } from 'vitest';
import { silentLogger } from '../observability/index.js';
import { waitUntil } from '../testing/index.js';
import { PollSchedules } from './poll-schedules.js';
import { InMemoryClusters, InMemoryQueue } from './testing/in-memory.js';

let queue: InMemoryQueue;
let clusters: InMemoryClusters;
let cleaned: (string | undefined)[];
let schedules: PollSchedules;

beforeEach(() => {
  [queue, clusters, cleaned] = [new InMemoryQueue(), new InMemoryClusters(), []];
  const issues = { closeLeftovers: async (id?: string) => void cleaned.push(id) };
  schedules = new PollSchedules(queue, clusters, issues, { gossip: 30_000, host: 15_000 }, silentLogger);
});

const watch = (id: string): unknown =>
  clusters.clusters.set(id, { id, projectId: 'p', name: id, tls: {}, credentials: null, nodes: [] });

it('plans two rounds for each cluster and none for others', async () => {
  watch('a');
  await queue.schedule('gone.gossip', 1, { clusterId: 'gone', round: 'gossip' });
  await queue.schedule('a.host', 1, { clusterId: 'a', round: 'host' });
  schedules.start();
  await waitUntil(() => cleaned.length > 0, { what: 'the first comparison' });
  await schedules.stop();
  expect(Object.fromEntries(queue.planned)).toEqual({
    'a.gossip': { everyMs: 30_000, payload: { clusterId: 'a', round: 'gossip' } },
    'a.host': { everyMs: 15_000, payload: { clusterId: 'a', round: 'host' } },
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
