import type { NodeFault } from './faulty-answers.js';
import type { ClaimedLeader, DownMode, MemberState, MemoryUse } from './model-node.js';

/** How long an election takes. */
export interface ElectionTimes {
  /** Nobody leads so long; 3 s when absent. */
  readonly electingMs?: number;
  /** Then all rows but the leader's are Unknown so long; 2 s when absent. */
  readonly settlingMs?: number;
}

/**
 * Everything that can be made to happen to the simulated cluster. Nodes are counted from 0; an index that does not exist,
 * and what the cluster cannot do (a dead node cannot lead), throws `RangeError` with a sentence.
 */
export interface ClusterControls {
  /** Fills this node's disk to so many percent; fractions count. Null: the disk cannot be read. */
  setDisk(index: number, percent: number | null): void;
  /** The load average of the last minute; null: none is told, as on Windows. */
  setLoad(index: number, average: number | null): void;
  /** Memory in use in percent, or figures that cannot be true, or (null) none. */
  setMemory(index: number, use: MemoryUse): void;
  /** Takes a node down or (null) up again; the others notice at once, and elect a new leader if need be. */
  setDown(index: number, mode: DownMode | null): Promise<void>;
  /** Lets this node's answers go wrong while the cluster is well. `none` ends it. */
  setFault(index: number, fault: NodeFault): void;
  /** What `/health/live` says. */
  setLive(index: number, isLive: boolean): void;
  /** Makes this node the leader at once; null: nobody leads, and nobody is elected until a leader is set. */
  setLeader(index: number | null): void;
  /** An election with its phases; it runs while others things happen. */
  elect(winner: number, times?: ElectionTimes): void;
  /** Lets a node's answers show another leader than there is, or nobody; null: the truth again. */
  setView(index: number, leader: ClaimedLeader | null): void;
  /** Lets a node take another one for dead, or no longer. */
  setBlind(index: number, to: number, isBlind?: boolean): void;
  /** Cuts these nodes off from the others. Without any, the network is whole again. */
  partition(indexes: readonly number[]): void;
  /** How fast the log grows while there is a leader; 0 at the start. */
  setWriting(bytesPerSecond: number): void;
  /** Keeps a node's log so many bytes behind, or freezes it where it is; 0: it keeps up. */
  setBehind(index: number, bytes: number | 'frozen'): void;
  /** Shows a member in this state, whatever the cluster made of it; null: as it is. */
  setState(index: number, state: MemberState | null): void;
  /** Lets the others drop the row of a dead node. */
  forget(index: number): void;
  /** So many dead rows that belong to no node. */
  setGhosts(count: number): void;
  /** So many seeds that were not matched to a node. */
  setManagers(count: number): void;
  /** Adds text to the node's newest log file, as it is; its lines end where it says so. */
  appendLog(index: number, text: string): void;
  /** The node goes on in a new log file. */
  rotateLog(index: number): void;
  /** Empties the node's newest log file. */
  truncateLog(index: number): void;
  /** Makes everything well again. Whoever leads goes on to. */
  reset(): Promise<void>;
  /** Everything that can be set, as it is. */
  describe(): object;
}
