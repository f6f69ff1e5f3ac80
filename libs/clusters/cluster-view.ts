import { DETECTORS, type DetectionDefaults } from '../detection/index.js';
import type { ClusterRecord, NodeLogPoll, OpenClusterIssue } from '../persistence/index.js';
import { detectorView } from './detector-view.js';
import { latestOf, presentLook, type LastSeen } from './last-seen.js';
import { logPollView } from './log-poll-view.js';
import { nodeView } from './node-view.js';
import { roleOf } from './node-role.js';

/** What a cluster's view is made of beside what is registered. `username` is null when the credentials cannot be opened. */
export interface ClusterSurroundings {
  readonly seen: LastSeen;
  readonly defaults: DetectionDefaults;
  readonly openIssues: readonly OpenClusterIssue[];
  readonly username: string | null;
  /** How the polling of log files goes, by the node's id. */
  readonly logPolls: ReadonlyMap<string, NodeLogPoll>;
}

/** A cluster for people to read, with all its nodes and detectors. No password is in it. */
export function clusterView(record: ClusterRecord, surroundings: ClusterSurroundings) {
  const { cluster, nodes } = record;
  const { seen, defaults, openIssues, username, logPolls } = surroundings;
  const gossipLook = presentLook(cluster.name, nodes, seen, 'gossip');
  return {
    id: cluster.id,
    name: cluster.name,
    status: cluster.status,
    provisioning: cluster.provisioning,
    nodes: nodes.map((node) => ({
      ...nodeView(node, seen, gossipLook),
      logs: cluster.pollsLogs ? logPollView(logPolls.get(node.id)) : null,
    })),
    detectors: DETECTORS.map((detector) => detectorView(detector, record, seen, defaults, openIssues)),
    detection: cluster.detection,
    logs: { poll: cluster.pollsLogs },
    tls: cluster.tls,
    credentials: cluster.credentials === null ? null : { username, set: true },
    createdAt: cluster.createdAt.toISOString(),
    updatedAt: cluster.updatedAt.toISOString(),
  };
}

/** A cluster's line in a list. */
export function clusterBrief({ cluster, nodes }: ClusterRecord, seen: LastSeen | undefined) {
  return {
    id: cluster.id,
    name: cluster.name,
    status: cluster.status,
    nodes: nodes.map(({ id, address }) => {
      const { role, roleAt } = roleOf(seen === undefined ? {} : latestOf(seen, id), {});
      return { id, address, role, roleAt };
    }),
    createdAt: cluster.createdAt.toISOString(),
    updatedAt: cluster.updatedAt.toISOString(),
  };
}
