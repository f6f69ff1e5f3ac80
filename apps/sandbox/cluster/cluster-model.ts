import { LogPosition } from './log-position.js';
import { heal, newNode, restart, type DownMode, type MemberState, type ModelNode } from './model-node.js';

/** A phase of an election that has not come to its end. */
interface Election {
  readonly winner: number;
  readonly electedAtMs: number;
  readonly settledAtMs: number;
}

export interface ModelSize {
  readonly voters: number;
  readonly replicas: number;
}

/**
 * The truth about the simulated cluster: who is up, who reaches whom, who leads, how far the log is written. A group
 * with more than half of all voting nodes has a leader, any other has none. A lost leader is replaced at once; `elect`
 * takes its time. Time is read from the clock that is given, so that nothing has to be waited for.
 */
export class ClusterModel {
  readonly nodes: readonly ModelNode[];
  readonly log = new LogPosition();
  epochNumber = -1;
  /** Rows that belong to no node: dead members of former addresses, and seeds. */
  ghosts = 0;
  managers = 0;
  /** What each node was before the present partition; the other side remembers it so. */
  #beforePartition: MemberState[] = [];
  #electionsAreOff = false;
  #election: Election | null = null;

  constructor(
    { voters, replicas }: ModelSize,
    readonly nowMs: () => number = Date.now,
  ) {
    this.nodes = Array.from({ length: voters + replicas }, (_, index) => newNode(index >= voters, nowMs));
    this.#settle();
  }

  /** Throws `RangeError` when there is none. */
  node(index: number): ModelNode {
    const node = this.nodes[index];
    if (node === undefined)
      throw new RangeError(`There is no node ${index}: they are 0 to ${this.nodes.length - 1}`);
    return node;
  }

  setDown(index: number, down: DownMode | null): void {
    const node = this.node(index);
    if (node.down !== null && down === null) restart(node, this.nowMs());
    node.lastHeardOfAtMs = down === null ? null : (node.lastHeardOfAtMs ?? this.nowMs());
    node.down = down;
    this.#settle();
  }

  /** Makes this node the leader; null: nobody leads, and nobody is elected until a leader is set. */
  setLeader(index: number | null): void {
    if (index !== null) this.#assertCanLead(index);
    this.#election = null;
    this.#electionsAreOff = index === null;
    this.#depose();
    if (index !== null) this.#enthrone(index);
    this.#settle();
  }

  /** For `electingMs` nobody leads, then the winner does; until `settlingMs` later all other rows are Unknown. */
  elect(winner: number, electingMs: number, settlingMs: number): void {
    this.#assertCanLead(winner);
    const electedAtMs = this.nowMs() + electingMs;
    this.#election = { winner, electedAtMs, settledAtMs: electedAtMs + settlingMs };
    this.#electionsAreOff = true;
    this.#depose();
    this.#settle();
  }

  /** Whether an election has just been won and the others have not yet told what became of them. */
  get isSettling(): boolean {
    this.catchUp();
    return this.#election !== null && !this.#electionsAreOff;
  }

  /** Cuts these nodes off from the others; an empty list heals. */
  partition(indexes: readonly number[]): void {
    for (const index of indexes) this.node(index);
    this.#beforePartition = this.nodes.map(({ state }) => state);
    for (const [index, node] of this.nodes.entries()) node.group = indexes.includes(index) ? 1 : 0;
    this.#settle();
  }

  /** What a node of the other side was when it was last heard of. */
  stateBeforePartition(index: number): MemberState | undefined {
    return this.#beforePartition[index];
  }

  /** Everything is as at the start, but for time that has passed: whoever leads goes on, and the log keeps its length. */
  reset(): void {
    this.#election = null;
    this.#electionsAreOff = false;
    this.ghosts = 0;
    this.managers = 0;
    for (const node of this.nodes) heal(node, this.nowMs());
    this.#settle();
  }

  get hasLeader(): boolean {
    this.catchUp();
    return this.nodes.some(
      ({ state, saidState, down }) => (saidState ?? state) === 'Leader' && down === null,
    );
  }

  /** How far this node's log is written at that time, in bytes. */
  positionOf(index: number, atMs: number): number {
    const { stoppedAtBytes, behind } = this.node(index);
    const written = stoppedAtBytes ?? this.log.at(atMs);
    if (behind === null) return written;
    return Math.max(0, 'bytes' in behind ? written - behind.bytes : Math.min(written, behind.frozenAtBytes));
  }

  /** Does what has become due by now. */
  catchUp(): void {
    if (this.#election === null) return;
    const { winner, electedAtMs, settledAtMs } = this.#election;
    if (this.#electionsAreOff && this.nowMs() >= electedAtMs) {
      this.#electionsAreOff = false;
      if (this.node(winner).down === null) this.#enthrone(winner);
      this.#settle();
    }
    if (this.nowMs() >= settledAtMs) this.#election = null;
  }

  #assertCanLead(index: number): void {
    const node = this.node(index);
    if (node.isReplica) throw new RangeError(`Node ${index} is a read-only replica: it cannot lead`);
    if (node.down !== null) throw new RangeError(`Node ${index} is down: it cannot lead`);
  }

  #depose(): void {
    for (const node of this.nodes) {
      if (node.state === 'Leader' && node.down === null) node.state = 'Unknown';
    }
  }

  #enthrone(index: number): void {
    this.node(index).state = 'Leader';
    this.epochNumber += 1;
    const { group } = this.node(index);
    for (const node of this.nodes) if (node.down === null && node.group === group) node.elections += 1;
  }

  #settle(): void {
    const voters = this.nodes.filter(({ isReplica }) => !isReplica);
    let isLed = false;
    for (const group of new Set(this.nodes.map((node) => node.group))) {
      const alive = this.nodes.filter((node) => node.group === group && node.down === null);
      const electors = alive.filter(({ isReplica }) => !isReplica);
      const mayElect = electors.length > voters.length / 2 && !this.#electionsAreOff;
      const leader = mayElect ? (electors.find(({ state }) => state === 'Leader') ?? electors[0]) : undefined;
      if (leader !== undefined && leader.state !== 'Leader') this.#enthrone(this.nodes.indexOf(leader));
      for (const node of alive) this.#join(node, leader);
      isLed ||= leader !== undefined;
    }
    this.#recordSilence();
    this.log.setWritten(isLed, this.nowMs());
  }

  #join(node: ModelNode, leader: ModelNode | undefined): void {
    if (leader === undefined) {
      node.state = node.isReplica ? 'ReadOnlyLeaderless' : 'Unknown';
      return;
    }
    node.epochNumber = this.epochNumber;
    if (node !== leader) node.state = node.isReplica ? 'ReadOnlyReplica' : 'Follower';
  }

  /** Who follows nobody (any more) writes nothing. */
  #recordSilence(): void {
    const nowMs = this.nowMs();
    const follows = ({ state, down }: ModelNode): boolean =>
      down === null && ['Leader', 'Follower', 'ReadOnlyReplica'].includes(state);
    for (const node of this.nodes) {
      node.stoppedAtBytes = follows(node) ? null : (node.stoppedAtBytes ?? this.log.at(nowMs));
    }
  }
}
