import { diskSample } from '../detection/index.js';
import type { ClusterRecord, OpenCondition } from '../persistence/index.js';
import { latestOf, type LastSeen } from './last-seen.js';
import { healthOf } from './mesdb-health.js';
import { isAnswered } from './node-reachability.js';
import { roleOf } from './node-role.js';

const BYTES_PER_GB = 1_073_741_824;
const UNKNOWN = 'unknown';
/** Where the platform's own words are expected, of what Spillway neither made nor knows. */
const NOT_OURS = 'self-hosted';

/** A cluster, what was last seen of it, and what is open at it. */
export interface MesdbSubject {
  readonly organizationId: string;
  readonly record: ClusterRecord;
  readonly seen: LastSeen;
  readonly open: readonly Pick<OpenCondition, 'kind' | 'severity'>[];
}

/** A cluster in the shape of Event Store Cloud: the clients refuse it without any of these members. */
export function mesdbView({ organizationId, record, seen, open }: MesdbSubject) {
  const { cluster, nodes } = record;
  const version = versionOf(record, seen);
  return {
    id: cluster.id,
    organizationId,
    projectId: cluster.projectId,
    description: cluster.name,
    created: cluster.createdAt.toISOString(),
    status: cluster.status,
    health: healthOf(open, isObserved(record, seen)),
    topology: nodes.length === 1 ? ('single-node' as const) : ('three-node-multi-zone' as const),
    serverVersion: seriesOf(version),
    serverVersionTag: version,
    diskSizeGb: diskSizeGb(record, seen),
    diskType: UNKNOWN,
    instanceType: NOT_OURS,
    networkId: NOT_OURS,
    // The CLI ends with an error at anything but aws, azure and gcp, whatever the clusters really run on.
    provider: 'aws' as const,
    region: NOT_OURS,
    // Observations do not say which projections run.
    projectionLevel: 'off' as const,
    canExpandDisk: false,
    cloudIntegratedAuthentication: false,
    patchAvailable: false,
    protected: false,
    publicAccess: false,
  };
}

/** Whether some node gave any answer in rounds that are not too old. */
const isObserved = ({ nodes }: ClusterRecord, seen: LastSeen): boolean =>
  nodes.some(({ id }) => Object.values(latestOf(seen, id, { onlyRecent: true })).some(isAnswered));

/** What the leader runs; before one is known, what the first node runs that told. */
function versionOf({ nodes }: ClusterRecord, seen: LastSeen): string {
  const roles = nodes
    .map(({ id }) => roleOf(latestOf(seen, id), {}))
    .filter(({ version }) => version !== null);
  const leader = roles.find(({ role }) => role === 'Leader');
  return (leader ?? roles[0])?.version || UNKNOWN;
}

/** `24.10` of `24.10.4.1234`; a version of another form stays as it is. */
const seriesOf = (version: string): string => /^\d+\.\d+/.exec(version)?.[0] ?? version;

/** Of the smallest disk among the nodes, which is what the cluster can hold; 0 until one was seen. */
function diskSizeGb({ nodes }: ClusterRecord, seen: LastSeen): number {
  const totals = nodes.flatMap(({ id }) => diskSample(latestOf(seen, id))?.value.totalBytes ?? []);
  return totals.length === 0 ? 0 : Math.max(1, Math.round(Math.min(...totals) / BYTES_PER_GB));
}
