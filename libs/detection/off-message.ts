import type { ClusterLook } from './detector.js';
import type { Off } from './judge.js';

/** Why an issue ends whose detector is off now. Nobody saw the condition end: the message says so. */
export function describeOff({ detector, subject, offBecause }: Off, { cluster, nodes }: ClusterLook): string {
  const address = nodes.find(({ node }) => node.id === subject)?.node.address;
  const whose = `${address === undefined ? '' : `node ${address} of `}cluster ${cluster.name}`;
  return (
    `The ${detector} issue of ${whose} is closed, but was not seen to end: ` +
    `${detector} is no longer watched here, because ${offBecause}.`
  );
}
