import { expect, it } from 'vitest';
import type { ClusterLook } from '../detection/index.js';
import { clusterLook, says } from '../detection/testing/looks.js';
import { withOwnIdentities } from './own-identities.js';

const ROWS = ['n1 Leader', 'n2 Follower', 'n3 Follower'];
const selves = (nodes: ClusterLook['nodes']) =>
  withOwnIdentities(nodes).map(({ observations: { gossip } }) =>
    gossip?.ok === true ? gossip.value.self : undefined,
  );

it('takes nodes that all call themselves the same for what they are registered as', () => {
  const { nodes } = clusterLook(0, {
    n1: says('n1', ...ROWS),
    n2: says('n1', ...ROWS),
    n3: says('n1', ...ROWS),
  });
  expect(selves(nodes)).toEqual(['n1.example.com:2113', 'n2.example.com:2113', 'n3.example.com:2113']);
});

it('does not know who they are where their registered names are nowhere in the answers', () => {
  const rows = ['m1 Leader', 'm2 Follower'];
  const { nodes } = clusterLook(0, { n1: says('m1', ...rows), n2: says('m1', ...rows) });
  expect(selves(nodes)).toEqual([null, null]);
});

it('leaves alone whoever differs from the others, whatever it is registered as', () => {
  const { nodes } = clusterLook(0, {
    n1: says('n2', ...ROWS),
    n2: says('n1', ...ROWS),
    n3: says(null, ...ROWS),
  });
  expect(selves(nodes)).toEqual(['n2.example.com:2113', 'n1.example.com:2113', null]);
});
