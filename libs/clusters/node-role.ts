import { ownRow, type NodeObservations } from '../detection/index.js';

/** What a node is within its cluster, as it says itself; all null when it never told. */
export interface NodeRole {
  /** `Leader`, `Follower`, `ReadOnlyReplica`, `CatchingUp`, … in the words of gossip since 20.6. */
  readonly role: string | null;
  /** When it said so. */
  readonly roleAt: string | null;
  readonly version: string | null;
  /** Its advertised `host:port`, by which the other members know it. */
  readonly endpoint: string | null;
}

/** Its row in its own gossip is the truth; `/info` counts where that is not to be had. What it said at last goes before. */
export function roleOf(latest: NodeObservations, earlier: NodeObservations): NodeRole {
  const roles = [latest, earlier].flatMap((observations) => [byGossip(observations), byInfo(observations)]);
  const first = <Name extends keyof NodeRole>(name: Name): NodeRole[Name] | null =>
    roles.find((role) => role?.[name] != null)?.[name] ?? null;
  const said = roles.find((role) => role !== undefined);
  return {
    role: said?.role ?? null,
    roleAt: said?.roleAt ?? null,
    version: first('version'),
    endpoint: first('endpoint'),
  };
}

function byGossip(observations: NodeObservations): NodeRole | undefined {
  const row = ownRow(observations);
  if (row === undefined) return undefined;
  const { state: role, version, endpoint } = row;
  return { role, roleAt: observations.gossip?.at ?? null, version, endpoint };
}

function byInfo({ info }: NodeObservations): NodeRole | undefined {
  if (info?.ok !== true) return undefined;
  const { state: role, version } = info.value;
  return { role, roleAt: info.at, version, endpoint: null };
}
