import type { Place } from './answers.js';
import { ClusterModel, type DownMode } from './cluster-model.js';
import { ControlServer, type ControlledCluster } from './control-server.js';
import { NodeServer, type Credentials, type NodeFault } from './node-server.js';

export type { DownMode } from './cluster-model.js';
export type { Credentials, NodeFault } from './node-server.js';

export interface ClusterStandInOptions {
  /** How many; default 3. */
  readonly nodes?: number;
  /** Their ports, by index; default any free ones. */
  readonly ports?: readonly number[];
  /** Port of the control endpoint; default any free one. */
  readonly controlPort?: number;
  /** With these, `/stats` wants Basic credentials, as the servers do from 23.6 on. */
  readonly credentials?: Credentials;
  readonly diskTotalBytes?: number;
  /** Where the simulated database lies; may hold hyphens. */
  readonly mount?: string;
}

export interface StandInNode {
  readonly url: string;
  /** Requests that this node has taken so far. */
  readonly requests: number;
}

const MAX_NODES = 9;

/**
 * A simulated cluster on 127.0.0.1. `start` resolves when all nodes and the control endpoint listen; `stop` breaks off
 * whatever is open. Nodes are counted from 0; an index that does not exist throws `RangeError`.
 */
export class ClusterStandIn implements ControlledCluster {
  #model = new ClusterModel(0);
  #servers: NodeServer[] = [];
  #control: ControlServer | undefined;

  async start(options: ClusterStandInOptions = {}): Promise<void> {
    const size = options.nodes ?? 3;
    if (!Number.isInteger(size) || size < 1 || size > MAX_NODES)
      throw new RangeError(`1 to ${MAX_NODES} nodes`);
    this.#model = new ClusterModel(size);
    const { mount = '/var/lib/eventstore', diskTotalBytes = 1_000_000_000_000 } = options;
    const place = (index: number): Place => {
      return {
        model: this.#model,
        index,
        ports: this.#servers.map(({ port }) => port),
        mount,
        diskTotalBytes,
      };
    };
    this.#servers = Array.from(
      { length: size },
      (_, index) => new NodeServer(options.ports?.[index] ?? 0, () => place(index), options.credentials),
    );
    this.#control = new ControlServer(this, options.controlPort ?? 0);
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

  /** Fills this node's disk to so many percent; fractions count. */
  setDisk(index: number, percent: number): void {
    this.#model.setDisk(index, percent);
  }

  /** Takes a node down or (null) up again; the others notice at once, and elect a new leader if need be. */
  async setDown(index: number, mode: DownMode | null): Promise<void> {
    this.#model.setDown(index, mode);
    await (mode === 'refuse' ? this.#server(index).close() : this.#server(index).listen());
  }

  /** Lets this node's answers go wrong while the cluster is well. `none` ends it. */
  setFault(index: number, fault: NodeFault): void {
    this.#server(index).fault = fault;
  }

  setLeader(index: number | null): void {
    this.#model.setLeader(index);
  }

  /** Cuts these nodes off from the others. Without any, the network is whole again. */
  partition(indexes: readonly number[]): void {
    this.#model.partition(indexes);
  }

  /** Everything that can be set, as it is. */
  describe() {
    return {
      nodes: this.#model.nodes.map(({ state, diskPercent, down, group }, index) => {
        return {
          url: this.nodes[index]?.url,
          state,
          diskPercent,
          down,
          group,
          fault: this.#server(index).fault,
        };
      }),
    };
  }

  #server(index: number): NodeServer {
    const server = this.#servers[index];
    if (server === undefined) throw new RangeError(`There is no node ${index}`);
    return server;
  }
}
