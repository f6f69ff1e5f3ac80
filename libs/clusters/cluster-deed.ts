import { isDeepStrictEqual } from 'node:util';
import type { Deed, Tenant } from '../identity/index.js';
import type { ClusterEntity, ClusterRecord } from '../persistence/index.js';

/** What the audit log says of something done to a cluster. */
export const clusterDeed = (
  { organizationId, projectId }: Tenant,
  { id, name }: Pick<ClusterEntity, 'id' | 'name'>,
  what: 'registered' | 'changed' | 'removed' | 'provisioning-reported',
  { changed = [], how = what }: { readonly changed?: readonly string[]; readonly how?: string } = {},
): Deed => ({
  service: 'hub',
  action: `cluster.${what}`,
  organizationId,
  projectId,
  resource: { clusters: id },
  message: `Cluster "${name}" was ${how}`,
  changed,
});

const MEMBERS = ['name', 'tls', 'credentials', 'detection', 'pollsLogs'] as const;
/** Those that the API calls otherwise. */
const CALLED: Readonly<Record<string, string>> = { pollsLogs: 'logs' };

/** Names of the members of a registration that differ. Credentials are sealed anew whenever they are given, so they do, too. */
export function changedMembers(before: ClusterRecord, after: ClusterRecord): string[] {
  const changed = MEMBERS.filter((name) => !isDeepStrictEqual(before.cluster[name], after.cluster[name])).map(
    (name) => CALLED[name] ?? name,
  );
  const plain = ({ nodes }: ClusterRecord) => nodes.map((node) => ({ ...node }));
  return isDeepStrictEqual(plain(before), plain(after)) ? changed : [...changed, 'nodes'];
}
