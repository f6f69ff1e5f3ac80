import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { z } from 'zod';
import type { DownMode } from './cluster-model.js';
import { NODE_FAULTS, type NodeFault } from './node-server.js';

/** What the control endpoint drives. */
export interface ControlledCluster {
  setDisk(index: number, percent: number): void;
  setDown(index: number, mode: DownMode | null): Promise<void>;
  setFault(index: number, fault: NodeFault): void;
  setLeader(index: number | null): void;
  partition(indexes: readonly number[]): void;
  describe(): unknown;
}

const node = z.int().nonnegative();

/** What can be posted to `/_control/<name>`. */
const COMMANDS = {
  disk: command(
    z.object({ node, percent: z.number().min(0).max(100) }),
    (cluster, { node: index, percent }) => cluster.setDisk(index, percent),
  ),
  down: command(
    z.object({ node, how: z.enum(['refuse', 'hang']).nullable() }),
    (cluster, { node: index, how }) => cluster.setDown(index, how),
  ),
  fault: command(z.object({ node, fault: z.enum(NODE_FAULTS) }), (cluster, { node: index, fault }) =>
    cluster.setFault(index, fault),
  ),
  leader: command(z.object({ node: node.nullable() }), (cluster, { node: index }) =>
    cluster.setLeader(index),
  ),
  partition: command(z.object({ nodes: z.array(node) }), (cluster, { nodes }) => cluster.partition(nodes)),
} as const;

type Command = (cluster: ControlledCluster, body: unknown) => Promise<void>;

function command<Schema extends z.ZodType>(
  schema: Schema,
  run: (cluster: ControlledCluster, input: z.output<Schema>) => void | Promise<void>,
): Command {
  return async (cluster, body) => run(cluster, schema.parse(body));
}

/** Lets another process drive the cluster: `POST /_control/disk {"node":0,"percent":85}`. */
export class ControlServer {
  readonly #server: Server;

  constructor(
    private readonly cluster: ControlledCluster,
    private readonly wantedPort: number,
  ) {
    this.#server = createServer((request, response) => void this.#serve(request, response));
  }

  get port(): number {
    return (this.#server.address() as AddressInfo | null)?.port ?? 0;
  }

  async listen(): Promise<void> {
    this.#server.listen(this.wantedPort, '127.0.0.1');
    await once(this.#server, 'listening');
  }

  async close(): Promise<void> {
    this.#server.close();
    this.#server.closeAllConnections();
    if (this.#server.listening) await once(this.#server, 'close');
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const send = (status: number, body: unknown): void => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    };
    const name = /^\/_control\/?([a-z]*)$/.exec(request.url ?? '')?.[1];
    if (name === '' && request.method === 'GET') return send(200, this.cluster.describe());
    if (name === undefined || !Object.hasOwn(COMMANDS, name))
      return send(404, { error: 'There is no such command' });
    if (request.method !== 'POST') return send(405, { error: 'Commands are posted' });
    try {
      await COMMANDS[name as keyof typeof COMMANDS](this.cluster, JSON.parse(await text(request)));
      return send(200, this.cluster.describe());
    } catch (error) {
      return send(400, { error: error instanceof z.ZodError ? z.prettifyError(error) : String(error) });
    }
  }
}
