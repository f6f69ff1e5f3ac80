/** The endpoints of a node that are polled. */
export const ENDPOINTS = ['gossip', 'info', 'stats'] as const;
export type Endpoint = (typeof ENDPOINTS)[number];

/**
 * What one question to one node brought. `at` (RFC 3339, our own clock) is when it was asked. A failure's `code` is
 * stable and for machines, its `reason` a sentence that names the node. Plain JSON, free of secrets.
 */
export type EndpointObservation<Value> =
  | { readonly at: string; readonly ok: true; readonly value: Value }
  | { readonly at: string; readonly ok: false; readonly code: string; readonly reason: string };

/** One row of a gossip answer: what the answering node holds of one member. */
export interface GossipMember {
  /** Advertised `host:port`; the identity of the member within the cluster. */
  readonly endpoint: string;
  /** In today's words: `Leader`, `Follower`, `Unknown`, …; those of 5.x are translated. */
  readonly state: string;
  readonly isAlive: boolean;
}

/** `/gossip` without the Manager rows, which are seeds that belong to no node yet. */
export interface GossipAnswer {
  readonly members: readonly GossipMember[];
}

/** `/info`. */
export interface NodeInfo {
  /** Lower case without separators: `leader`, `follower`, `master` (5.x), `prereplica`, … */
  readonly state: string;
  readonly version: string | null;
}

/** One drive of `/stats`; null is a figure that is missing or negative, which means the same. */
export interface DriveFigures {
  readonly mount: string;
  readonly totalBytes: number | null;
  /** What the database may still write; blocks reserved for root are not in it. */
  readonly availableBytes: number | null;
}

/** `/stats`. The servers report the one drive that holds the database. */
export interface HostFigures {
  readonly drives: readonly DriveFigures[];
}

/** The latest observation of each endpoint that was polled in a round. */
export interface NodeObservations {
  readonly gossip?: EndpointObservation<GossipAnswer>;
  readonly info?: EndpointObservation<NodeInfo>;
  readonly stats?: EndpointObservation<HostFigures>;
}
