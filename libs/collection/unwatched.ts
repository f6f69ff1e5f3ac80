import { describeOff, type ClusterLook, type Off } from '../detection/index.js';
import type { OpenIssue } from '../persistence/index.js';
import { issueKey, type KindTransition } from './report.js';

/** Ends what is open of subjects that a detector does not watch any more. */
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
    const message = describeOff(off, look);
    return [{ kind: off.detector, event: 'closed', severity, message, nodeId, time: look.at }];
  });
}
