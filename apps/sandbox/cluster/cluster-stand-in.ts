import type { ClusterControls, ElectionTimes } from './cluster-controls.js';
import { ClusterModel } from './cluster-model.js';
import { ownState } from './cluster-view.js';
import { ControlServer } from './control-server.js';
import { findShippedScenario } from '../scenarios/index.js';
import type { NodeFault } from './faulty-answers.js';
import type { ClaimedLeader, DownMode, MemberState, MemoryUse } from './model-node.js';
import { NodeServer, type Credentials } from './node-server.js';
import type { Place } from './place.js';
import type { RunOptions, ScenarioRun } from './scenario-run.js';
import { SERVER_VERSIONS, type ServerVersionName } from './server-version.js';

export interface ClusterStandInOptions {
  /** How many that vote; default 3. */
  readonly nodes?: number;
  /** How many read-only replicas besides, with the highest indexes; default none. */
  readonly replicas?: number;
  /** Which server they are; default 24.10. */
  readonly version?: ServerVersionName;
  /** Their ports, by index; default any free ones. */
  readonly ports?: readonly number[];
  /** Port of the control endpoint; default any free one. */
  readonly controlPort?: number;
  /** With these, `/stats` and `/metrics` want Basic credentials, as the servers do from 23.6 on. */
  readonly credentials?: Credentials;
  readonly diskTotalBytes?: number;
  readonly memoryTotalBytes?: number;
  /** With a licence `/admin/logs` is there, as in the servers; default without. */
  readonly isLicensed?: boolean;
  /** Where the simulated database lies; may hold hyphens. */
  readonly mount?: string;
}

export interface StandInNode {
  readonly url: string;
  /** Requests that this node has taken so far. */
  readonly requests: number;
}

const MAX_NODES = 9;
const ELECTING_MS = 3_000;
const SETTLING_MS = 2_000;

/**
 * A simulated cluster on 127.0.0.1. `start` resolves when all nodes and the control endpoint listen; `stop` breaks off
 * whatever is open.
 */
export class ClusterStandIn implements ClusterControls {
  #model = new ClusterModel({ voters: 0, replicas: 0 });
  #servers: NodeServer[] = [];
  #control: ControlServer | undefined;

  async start(options: ClusterStandInOptions = {}): Promise<void> {
    const { nodes: voters = 3, replicas = 0, version = '24.10' } = options;
    const size = voters + replicas;
    if (!Number.isInteger(voters) || !Number.isInteger(replicas) || voters < 1 || replicas < 0)
      throw new RangeError('A cluster has at least one node');
    if (size > MAX_NODES) throw new RangeError(`A cluster has at most ${MAX_NODES} nodes`);
    if (replicas > 0 && !SERVER_VERSIONS[version].hasReplicas)
      throw new RangeError(`Version ${version} has no read-only replicas`);
    this.#model = new ClusterModel({ voters, replicas });
    this.#servers = Array.from(
      { length: size },
      (_, index) =>
        new NodeServer(options.ports?.[index] ?? 0, () => this.#place(index, options), options.credentials),
    );
    this.#control = new ControlServer(this, options.controlPort ?? 0, findShippedScenario);
    await Promise.all([...this.#servers.map((server) => server.listen()), this.#control.listen()]);
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#servers.map((server) => server.close()), this.#control?.close()]);
  }

  get nodes(): readonly StandInNode[] {
    return this.#servers.map(({ port, requests }) => ({ url: `http://127.0.0.1:${port}`, requests }));
  }

  /** Base of the control endpoint: `http://127.0.0.1:<port>/_control`. */
  get controlUrl(): string {
    return `http://127.0.0.1:${this.#control?.port ?? 0}/_control`;
  }

  setDisk(index: number, percent: number | null): void {
    this.#model.node(index).diskPercent = percent;
  }

  setLoad(index: number, average: number | null): void {
    this.#model.node(index).loadAverage = average;
  }

  setMemory(index: number, use: MemoryUse): void {
    this.#model.node(index).memory = use;
  }

  async setDown(index: number, mode: DownMode | null): Promise<void> {
    this.#model.setDown(index, mode);
    await (mode === 'refuse' ? this.#server(index).close() : this.#server(index).listen());
  }

  setFault(index: number, fault: NodeFault): void {
    this.#server(index).fault = fault;
  }

  setLive(index: number, isLive: boolean): void {
    this.#model.node(index).isLive = isLive;
  }

  setLeader(index: number | null): void {
    this.#model.setLeader(index);
  }

  elect(winner: number, { electingMs = ELECTING_MS, settlingMs = SETTLING_MS }: ElectionTimes = {}): void {
    this.#model.elect(winner, electingMs, settlingMs);
  }

  setView(index: number, leader: ClaimedLeader | null): void {
    if (typeof leader === 'number') this.#model.node(leader);
    this.#model.node(index).claims = leader;
  }

  setBlind(index: number, to: number, isBlind = true): void {
    this.#model.node(to);
    if (index === to) throw new RangeError('No node takes itself for dead');
    const { blindTo } = this.#model.node(index);
    if (isBlind) blindTo.add(to);
    else blindTo.delete(to);
  }

  partition(indexes: readonly number[]): void {
    this.#model.partition(indexes);
  }

  setWriting(bytesPerSecond: number): void {
    this.#model.log.setRate(bytesPerSecond, this.#model.nowMs());
  }

  setBehind(index: number, bytes: number | 'frozen'): void {
    const node = this.#model.node(index);
    if (bytes === 0) node.behind = null;
    else if (bytes === 'frozen')
      node.behind = { frozenAtBytes: this.#model.positionOf(index, this.#model.nowMs()) };
    else node.behind = { bytes };
  }

  setState(index: number, state: MemberState | null): void {
    this.#model.node(index).saidState = state;
  }

  forget(index: number): void {
    const node = this.#model.node(index);
    if (node.down === null) throw new RangeError(`Node ${index} lives: only the dead are forgotten`);
    node.isForgotten = true;
  }

  setGhosts(count: number): void {
    this.#model.ghosts = count;
  }

  setManagers(count: number): void {
    this.#model.managers = count;
  }

  appendLog(index: number, text: string): void {
    this.#model.node(index).logs.append(text);
  }

  rotateLog(index: number): void {
    this.#model.node(index).logs.rotate();
  }

  truncateLog(index: number): void {
    this.#model.node(index).logs.truncate();
  }

  async reset(): Promise<void> {
    this.#model.reset();
    for (const server of this.#servers) server.fault = 'none';
    await Promise.all(this.#servers.map((server) => server.listen()));
  }

  /**
   * Plays a scenario from now on, as its file holds it; one that runs is stopped first. Resolves when it has begun;
   * rejects with a message that names the bad steps and fields.
   */
  async play(scenario: unknown, options: RunOptions): Promise<ScenarioRun> {
    if (this.#control === undefined) throw new Error('The cluster stand-in has not been started');
    return this.#control.play(scenario, options);
  }

  describe() {
    const model = this.#model;
    return {
      epochNumber: model.epochNumber,
      ghosts: model.ghosts,
      managers: model.managers,
      bytesPerSecond: model.log.bytesPerSecond,
      nodes: model.nodes.map((node, index) => ({
        url: this.nodes[index]?.url,
        state: ownState(model, index),
        positionBytes: model.positionOf(index, model.nowMs()),
        down: node.down,
        fault: this.#server(index).fault,
        diskPercent: node.diskPercent,
        loadAverage: node.loadAverage,
        memory: node.memory,
        isLive: node.isLive,
        isReplica: node.isReplica,
        isForgotten: node.isForgotten,
        group: node.group,
        claims: node.claims,
        blindTo: [...node.blindTo],
        behind: node.behind,
      })),
    };
  }

  #place(index: number, options: ClusterStandInOptions): Place {
    return {
      model: this.#model,
      version: SERVER_VERSIONS[options.version ?? '24.10'],
      index,
      ports: this.#servers.map(({ port }) => port),
      mount: options.mount ?? '/var/lib/eventstore',
      diskTotalBytes: options.diskTotalBytes ?? 1_000_000_000_000,
      memoryTotalBytes: options.memoryTotalBytes ?? 16_000_000_000,
      isLicensed: options.isLicensed ?? false,
    };
  }

  #server(index: number): NodeServer {
    this.#model.node(index);
    return this.#servers[index]!;
  }
}
