import type { ClusterLook, NodeLook, WatchedNode } from '../detector.js';
import type { EndpointObservation, GossipMember, HostFigures, NodeObservations } from '../observation.js';

/** The zero of all times that tests give in seconds. */
export const START_MS = Date.parse('2026-01-01T00:00:00Z');

/** A host's place in everything: `n1` has the endpoint `n1.example.com:2113` and the address `https://` before it. */
export const endpointOf = (host: string): string => `${host}.example.com:2113`;

/** The node `n1` as it is registered, with the id `node-n1`. */
export const nodeOf = (host: string, given: Partial<WatchedNode> = {}): WatchedNode => ({
  id: `node-${host}`,
  address: `https://${endpointOf(host)}`,
  cores: null,
  memoryBytes: null,
  ...given,
});

const stamp = new Date(START_MS).toISOString();
const answered = <Value>(value: Value) => ({ at: stamp, ok: true, value }) as const;

/** A query that failed. */
export const failed = (code: string, reason = 'the node refused the connection: nothing listens there.') =>
  ({ at: stamp, ok: false, code, reason }) as const;

/**
 * A gossip row from its words: host, state, then in any order `dead`, `replica` (read-only), `@1200` (writer
 * checkpoint) and `e7` (epoch number): `n2 Follower @1200 e7 dead`.
 */
export function row(words: string): GossipMember {
  const [host = '', state = '', ...more] = words.split(' ');
  const figure = (pattern: RegExp): number | null => {
    const found = more.map((word) => pattern.exec(word)?.[1]).find((digits) => digits !== undefined);
    return found === undefined ? null : Number(found);
  };
  return {
    endpoint: endpointOf(host),
    state,
    isAlive: !more.includes('dead'),
    isReadOnlyReplica: more.includes('replica'),
    writerCheckpoint: figure(/^@(\d+)$/),
    epochNumber: figure(/^e(\d+)$/),
    version: '24.10.0',
  };
}

/** What the node says that calls itself `self` (null: it does not tell), a row from each of the words. */
export const says = (self: string | null, ...words: readonly string[]): NodeObservations => ({
  gossip: answered({ members: words.map(row), self: self === null ? null : endpointOf(self) }),
});

/** What the node said of itself when it was asked again; goes beside `says`. */
export const saysLater = (words: string): NodeObservations => ({ laterSelf: answered(row(words)) });

export const saysInfo = (state: string): NodeObservations => ({
  info: answered({ state, version: '24.10.0' }),
});

/** A node none of whose endpoints answers in the gossip round. */
export const silent = (code = 'refused', reason?: string): NodeObservations => ({
  gossip: failed(code, reason),
  info: failed(code, reason),
  health: failed(code, reason),
});

/** A look at the nodes by their hosts, `seconds` after the start; all observations are given that time. */
export const clusterLook = (
  seconds: number,
  nodes: Readonly<Record<string, NodeObservations>>,
): ClusterLook => ({
  cluster: { name: 'orders-db' },
  at: new Date(START_MS + seconds * 1_000),
  nodes: Object.entries(nodes).map(([host, observations]) => ({
    node: nodeOf(host),
    observations: stamped(observations, seconds),
  })),
});

/** The host's figures; what is not given is missing. */
export const figures = (given: Partial<HostFigures> = {}): HostFigures => ({
  drives: [],
  memory: { totalBytes: null, freeBytes: null },
  loadAverage1m: null,
  ...given,
});

/** A node whose `/stats` has these figures, or `/metrics` if `from` says so. */
export const reports = (
  given: Partial<HostFigures>,
  from: 'stats' | 'metrics' = 'stats',
): NodeObservations => ({ [from]: answered(figures(given)) });

/** A look at the node `n1` (4 cores if nothing else is given), `seconds` after the start. */
export const nodeLook = (
  seconds: number,
  observations: NodeObservations,
  node: Partial<WatchedNode> = {},
): NodeLook => ({
  cluster: { name: 'orders-db' },
  node: nodeOf('n1', { cores: 4, ...node }),
  observations: stamped(observations, seconds),
});

function stamped(observations: NodeObservations, seconds: number): NodeObservations {
  const at = new Date(START_MS + seconds * 1_000).toISOString();
  const entries = Object.entries(observations).map(([endpoint, observation]) => [
    endpoint,
    { ...(observation as EndpointObservation<unknown>), at },
  ]);
  return Object.fromEntries(entries) as NodeObservations;
}
