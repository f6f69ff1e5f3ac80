/** What a member is, in the servers' words; the servers know more. */
export type MemberState = 'Leader' | 'Follower' | 'Unknown' | 'CatchingUp' | 'Clone';

/** How a dead node behaves: its port refuses connections, or takes them and never answers. */
export type DownMode = 'refuse' | 'hang';

/** One member as one node sees it. */
export interface SeenMember {
  readonly index: number;
  readonly state: MemberState;
  readonly isAlive: boolean;
}

interface ModelNode {
  state: MemberState;
  diskPercent: number;
  down: DownMode | null;
  /** Nodes of different groups do not reach each other. */
  group: number;
}

/**
 * The truth about the simulated cluster: who is up, who reaches whom, who leads, how full the disks are. Elections are
 * instant: a group with more than half of all nodes has a leader, any other has none.
 */
export class ClusterModel {
  readonly nodes: ModelNode[];
  epochNumber = 0;
  /** What each node was before the present partition; the other side remembers it so. */
  #beforePartition: MemberState[] = [];
  #electionsAreOff = false;

  constructor(size: number) {
    this.nodes = Array.from({ length: size }, () => ({
      state: 'Unknown',
      diskPercent: 40,
      down: null,
      group: 0,
    }));
    this.#settle();
  }

  setDisk(index: number, percent: number): void {
    this.#node(index).diskPercent = percent;
  }

  setDown(index: number, down: DownMode | null): void {
    const node = this.#node(index);
    if (node.down !== null && down === null) node.state = 'Unknown';
    node.down = down;
    this.#settle();
  }

  /** Makes this node the leader; null: nobody leads, and nobody is elected until a leader is set. */
  setLeader(index: number | null): void {
    this.#electionsAreOff = index === null;
    const next = index === null ? undefined : this.#node(index);
    for (const node of this.nodes) {
      if (node.down === null && (next === undefined || node.group === next.group)) node.state = 'Unknown';
    }
    if (next?.down === null) next.state = 'Leader';
    this.epochNumber += 1;
    this.#settle();
  }

  /** Cuts these nodes off from the others; an empty list heals. */
  partition(indexes: readonly number[]): void {
    for (const index of indexes) this.#node(index);
    this.#beforePartition = this.nodes.map(({ state }) => state);
    for (const [index, node] of this.nodes.entries()) node.group = indexes.includes(index) ? 1 : 0;
    this.#settle();
  }

  get hasLeader(): boolean {
    return this.nodes.some(({ state, down }) => state === 'Leader' && down === null);
  }

  /** All members as this node sees them. The dead and the unreachable keep the state they had. */
  seenBy(observer: number): SeenMember[] {
    const { group } = this.#node(observer);
    return this.nodes.map((node, index) => {
      const isReached = node.group === group;
      const state = isReached ? node.state : (this.#beforePartition[index] ?? node.state);
      return { index, state, isAlive: isReached && node.down === null };
    });
  }

  #node(index: number): ModelNode {
    const node = this.nodes[index];
    if (node === undefined) throw new RangeError(`There is no node ${index}`);
    return node;
  }

  #settle(): void {
    for (const group of new Set(this.nodes.map((node) => node.group))) {
      const alive = this.nodes.filter((node) => node.group === group && node.down === null);
      const hasQuorum = alive.length > this.nodes.length / 2;
      if (!hasQuorum || this.#electionsAreOff) {
        for (const node of alive) node.state = 'Unknown';
        continue;
      }
      const leader = alive.find(({ state }) => state === 'Leader') ?? alive[0];
      if (leader?.state !== 'Leader') this.epochNumber += 1;
      for (const node of alive) node.state = node === leader ? 'Leader' : 'Follower';
    }
  }
}
