import { beforeEach, expect, it } from 'vitest';
import { ClusterModel } from './cluster-model.js';
import { seenBy } from './cluster-view.js';

let nowMs: number;
let model: ClusterModel;
beforeEach(() => {
  nowMs = 1_000_000;
  model = new ClusterModel({ voters: 3, replicas: 0 }, () => nowMs);
});

const states = (observer: number): string[] => seenBy(model, observer).map(({ state }) => state);

it('takes its time for an election: nobody leads, then the winner, then the others tell their state', () => {
  model.elect(2, 3_000, 2_000);
  expect(states(0)).toEqual(['Unknown', 'Unknown', 'Unknown']);
  expect([model.hasLeader, model.epochNumber]).toEqual([false, 0]);
  nowMs += 3_000;
  expect(states(1)).toEqual(['Unknown', 'Unknown', 'Leader']);
  expect([model.hasLeader, model.epochNumber]).toEqual([true, 1]);
  nowMs += 2_000;
  expect(states(1)).toEqual(['Follower', 'Follower', 'Leader']);
  expect(model.nodes.map(({ elections }) => elections)).toEqual([2, 2, 2]);
});

it('elects somebody else when the winner has died meanwhile', () => {
  model.elect(2, 3_000, 0);
  model.setDown(2, 'refuse');
  nowMs += 3_000;
  expect(states(0)).toEqual(['Leader', 'Follower', 'Unknown']);
});

it('refuses an election that cannot be won', () => {
  model.setDown(1, 'hang');
  expect(() => model.elect(1, 0, 0)).toThrow('Node 1 is down');
  expect(() => model.setLeader(7)).toThrow('There is no node 7: they are 0 to 2');
});

it('writes only while somebody leads, and rows of others are a moment old', () => {
  model.log.setRate(100, nowMs);
  nowMs += 10_000;
  const [own, other] = seenBy(model, 0).map(({ positionBytes }) => positionBytes);
  expect(own! - other!).toBe(100);
  model.setLeader(null);
  nowMs += 10_000;
  expect(model.positionOf(0, nowMs)).toBe(own);
  model.setLeader(1);
  nowMs += 10_000;
  expect(model.positionOf(0, nowMs)).toBe(own! + 1_000);
});

it('leaves the log of a dead or cut-off node where it was, and its row as it was last heard of', () => {
  model.log.setRate(100, nowMs);
  model.setDown(2, 'refuse');
  model.partition([1]);
  model.partition([]);
  nowMs += 10_000;
  const seen = seenBy(model, 0);
  expect(seen[2]).toMatchObject({ isAlive: false, positionBytes: 101_017, heardOfAtMs: 1_000_000 });
  expect(seen[0]?.positionBytes).toBe(102_017);
});

it('is well again after a reset, and whoever leads goes on', () => {
  model.setLeader(1);
  model.setDown(0, 'refuse');
  model.nodes[2]!.diskPercent = 99;
  model.nodes[2]!.blindTo.add(1);
  model.ghosts = 3;
  model.reset();
  expect(states(0)).toEqual(['Follower', 'Leader', 'Follower']);
  expect(seenBy(model, 2).every(({ isAlive }) => isAlive)).toBe(true);
  expect([model.ghosts, model.nodes[2]!.diskPercent, model.epochNumber]).toEqual([0, 40, 1]);
});
