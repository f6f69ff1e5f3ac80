import { describe, expect, it } from 'vitest';
import { endpointIn, hasReached, isReplica, leaderAmong, leaderOf, ownRow } from './gossip-view.js';
import { clusterLook, endpointOf, row, says, silent } from './testing/looks.js';

const leads = (...rows: string[]): string | undefined => leaderAmong(rows.map(row))?.endpoint.split('.')[0];

describe('of several rows', () => {
  it.each<[string, string[], string | undefined]>([
    ['a live leader leads', ['n1 Follower', 'n2 Leader'], 'n2'],
    ['a dead leader does not', ['n1 Leader dead', 'n2 Follower'], undefined],
    ['the leader of the highest epoch leads', ['n1 Leader e4 @900', 'n2 Leader e5 @100'], 'n2'],
    [
      'a leader of a known epoch leads rather than one of none',
      ['n1 Leader @900', 'n2 Leader e0 @100'],
      'n2',
    ],
    ['of equal epochs the further leads', ['n1 Leader e5 @100', 'n2 Leader e5 @900'], 'n2'],
    ['of equals the first by name leads', ['n2 Leader e5 @9', 'n1 Leader e5 @9'], 'n1'],
    ['nobody leads where there is none', [], undefined],
  ])('%s', (_, rows, expected) => {
    expect(leads(...rows)).toBe(expected);
    expect(leads(...rows.toReversed())).toBe(expected);
  });
});

it('knows of the leader what the furthest of all answers says', () => {
  const { nodes } = clusterLook(0, {
    n1: says('n1', 'n1 Leader e5 @500'),
    n2: says('n2', 'n1 Leader e5 @700'),
    n3: says('n3', 'n3 Leader e4 @900'),
    n4: silent(),
  });
  expect(leaderOf(nodes)).toEqual(row('n1 Leader e5 @700'));
});

it.each([
  ['n2 Follower @999 e5', false],
  ['n2 Follower @1000 e5', true],
  ['n2 Follower @1001 e5', true],
  ['n2 Follower @1000 e4', true],
  ['n2 Follower @2000 e4', false],
  ['n2 Follower @2000 e6', false],
  ['n2 Follower e4', false],
  ['n2 Follower @1000', true],
  ['n2 Follower @999', false],
  ['n2 Follower e5', undefined],
])('tells whether "%s" has reached byte 1000 of epoch 5: %s', (member, expected) => {
  expect(hasReached(row(member), row('n1 Leader @1000 e5'))).toBe(expected);
});

it('does not tell whether a member has reached a position that is not known', () => {
  expect(hasReached(row('n2 Follower @1 e5'), row('n1 Leader e5'))).toBeUndefined();
});

it('takes for the truth about a node only what it says of itself', () => {
  expect(ownRow(says('n2', 'n1 Leader', 'n2 Follower'))).toEqual(row('n2 Follower'));
  expect(ownRow(says(null, 'n2 Follower'))).toBeUndefined();
  expect(ownRow(says('n2', 'n1 Leader'))).toBeUndefined();
  expect(ownRow(silent())).toBeUndefined();
});

it('finds a node by what it calls itself, then by how it is registered', () => {
  const { nodes } = clusterLook(0, {
    n1: says('pod-1', 'pod-1 Leader', 'n1 Follower', 'n2 ReadOnlyReplica replica'),
    n2: silent(),
    n3: silent(),
  });
  expect(nodes.map((one) => endpointIn(nodes, one))).toEqual([
    endpointOf('pod-1'),
    endpointOf('n2'),
    undefined,
  ]);
  expect(nodes.map((one) => isReplica(nodes, one))).toEqual([false, true, false]);
});
