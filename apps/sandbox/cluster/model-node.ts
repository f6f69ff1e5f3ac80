import { LogFiles } from './log-files.js';

/** What a member is, in the servers' words of today. */
export const MEMBER_STATES = [
  'Initializing',
  'DiscoverLeader',
  'Unknown',
  'PreReplica',
  'CatchingUp',
  'Clone',
  'Follower',
  'PreLeader',
  'ShuttingDown',
  'Shutdown',
  'ResigningLeader',
  'ReadOnlyLeaderless',
  'PreReadOnlyReplica',
  'ReadOnlyReplica',
] as const;
/** Who leads is elected, not set as a state. */
export type MemberState = (typeof MEMBER_STATES)[number] | 'Leader';

/** How a dead node behaves: its port refuses connections, or takes them and never answers. */
export type DownMode = 'refuse' | 'hang';

/** Whom a node's answers show leading against the truth: another node (or itself), or nobody. */
export type ClaimedLeader = number | 'nobody';

/** Memory in use in percent; more free than there is (as 26.1 reports it); or no figures. */
export type MemoryUse = number | 'impossible' | null;

/** One simulated member. */
export interface ModelNode {
  /** What the cluster has made of it. */
  state: MemberState;
  /** What it is said to be instead. */
  saidState: MemberState | null;
  readonly isReplica: boolean;
  down: DownMode | null;
  /** When it went down or was cut off: since then the others have heard nothing of it. */
  lastHeardOfAtMs: number | null;
  /** Nodes of different groups do not reach each other. */
  group: number;
  /** Of the leadership that it follows or holds. */
  epochNumber: number;
  /** How often its process has started, and when at last. */
  starts: number;
  startedAtMs: number;
  /** Elections that it has seen since its start. */
  elections: number;
  claims: ClaimedLeader | null;
  /** Nodes that it takes for dead although they are not. */
  readonly blindTo: Set<number>;
  /** The others have dropped its row. */
  isForgotten: boolean;
  isLive: boolean;
  /** Where its log ended when it lost its leader. */
  stoppedAtBytes: number | null;
  behind: { readonly bytes: number } | { readonly frozenAtBytes: number } | null;
  diskPercent: number | null;
  loadAverage: number | null;
  memory: MemoryUse;
  readonly logs: LogFiles;
}

/** What every node of a healthy cluster has in common. */
const well = () => ({
  saidState: null,
  down: null,
  lastHeardOfAtMs: null,
  group: 0,
  claims: null,
  isForgotten: false,
  isLive: true,
  stoppedAtBytes: null,
  behind: null,
  diskPercent: 40,
  loadAverage: 0.42,
  memory: 50,
});

export const newNode = (isReplica: boolean, nowMs: () => number): ModelNode => ({
  ...well(),
  state: 'Unknown',
  isReplica,
  epochNumber: -1,
  starts: 1,
  startedAtMs: nowMs(),
  elections: 0,
  blindTo: new Set(),
  logs: new LogFiles(nowMs),
});

/** Undoes everything that was done to it. */
export function heal(node: ModelNode, nowMs: number): void {
  if (node.down !== null) restart(node, nowMs);
  Object.assign(node, well());
  node.blindTo.clear();
}

export function restart(node: ModelNode, nowMs: number): void {
  node.state = 'Unknown';
  node.starts += 1;
  node.startedAtMs = nowMs;
  node.elections = 0;
  node.isForgotten = false;
}
