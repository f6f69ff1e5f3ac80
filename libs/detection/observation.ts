/** The endpoints of a node that are polled. */
export const ENDPOINTS = ['gossip', 'info', 'health', 'stats', 'metrics'] as const;
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
  /** The answering node's opinion. A dead leader may still read `Leader`. */
  readonly isAlive: boolean;
  readonly isReadOnlyReplica: boolean;
  /** How far its log is written, in bytes; null when unknown. */
  readonly writerCheckpoint: number | null;
  /** Of the leadership it follows or holds, one more at each; null when unknown. */
  readonly epochNumber: number | null;
  /** From 23.6 on. */
  readonly version: string | null;
}

/** `/gossip` without the Manager rows, which are seeds that belong to no node yet. */
export interface GossipAnswer {
  readonly members: readonly GossipMember[];
  /** Which of the members answered, by its endpoint; null when the answer does not tell. */
  readonly self: string | null;
}

/** `/info`. */
export interface NodeInfo {
  /** In the words of gossip: `Leader`, `Follower`, `PreReplica`, … */
  readonly state: string;
  readonly version: string | null;
}

/** `/health/live`: up, and once joined. An election or a lost quorum does not show here. */
export interface NodeHealth {
  readonly isLive: boolean;
}

/** One drive; null is a figure that is missing or negative, which means the same. */
export interface DriveFigures {
  readonly mount: string;
  readonly totalBytes: number | null;
  /** What the database may still write; blocks reserved for root are not in it. */
  readonly availableBytes: number | null;
}

/** `/stats`, and the same figures from `/metrics`. The servers report the one drive that holds the database. */
export interface HostFigures {
  readonly drives: readonly DriveFigures[];
  /** As reported; the two may contradict each other (free above total). */
  readonly memory: { readonly totalBytes: number | null; readonly freeBytes: number | null };
  /** Of the whole machine, not divided by cores. Windows has none. */
  readonly loadAverage1m: number | null;
}

/** The latest observation of each endpoint that was polled in a round. */
export interface NodeObservations {
  readonly gossip?: EndpointObservation<GossipAnswer>;
  /**
   * The node's own row from its own answer, asked once more a lag (2 s) after the leader's position was taken. Only of
   * nodes that had not reached that position at the first question.
   */
  readonly laterSelf?: EndpointObservation<GossipMember>;
  readonly info?: EndpointObservation<NodeInfo>;
  readonly health?: EndpointObservation<NodeHealth>;
  readonly stats?: EndpointObservation<HostFigures>;
  readonly metrics?: EndpointObservation<HostFigures>;
}
