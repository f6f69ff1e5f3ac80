import type { ClusterLook, Off } from '../detection/index.js';
import type { OpenIssue } from '../persistence/index.js';
import { issueKey, type KindTransition } from './report.js';

/** Ends what is open of subjects that a detector does not watch any more. Nobody saw the conditions end: the message says so. */
export function endUnwatched(
  clusterId: string,
  look: ClusterLook,
  offs: readonly Off[],
  openIssues: readonly OpenIssue[],
): KindTransition[] {
  return offs.flatMap((off): KindTransition[] => {
    const nodeId = off.subject === '' ? null : off.subject;
    const key = issueKey(off.detector, clusterId, nodeId);
    const open = openIssues.find((issue) => issue.key === key);
    if (open === undefined) return [];
    const { severity } = open;
    const message = messageOf(off, look, nodeId);
    return [{ kind: off.detector, event: 'closed', severity, message, nodeId, time: look.at }];
  });
}

function messageOf({ detector, offBecause }: Off, { cluster, nodes }: ClusterLook, nodeId: string | null) {
  const address = nodes.find(({ node }) => node.id === nodeId)?.node.address;
  const whose = `${address === undefined ? '' : `node ${address} of `}cluster ${cluster.name}`;
  return (
    `The ${detector} issue of ${whose} is closed, but was not seen to end: ` +
    `${detector} is no longer watched here, because ${offBecause}.`
  );
}
