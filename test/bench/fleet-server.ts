import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { gossipBody, INFO_BODY, METRICS_BODY, STATS_BODY } from './fleet-answers.js';
import { clusterOf } from './fleet-addresses.js';

/** When the first node of each cluster was asked for gossip and for stats, in milliseconds since 1970, since the last reset. */
const arrivals = { gossip: new Map<number, number[]>(), stats: new Map<number, number[]>() };
let requests = 0;

/**
 * A whole fleet of healthy clusters in one process: each node has an address of its own in 127.0.0.0/8, told apart by
 * the address that was dialled. Run as a child process: answers `port`, `reset` and `report` by messages.
 */
const server = createServer({ keepAliveTimeout: 130_000 }, answer);
server.on('connection', (socket: Socket) => {
  // Only whoever sits on this machine: the server listens on all addresses to have the whole loopback network.
  if (!/^(::ffff:)?127\./.test(socket.remoteAddress ?? '')) socket.destroy();
});

function answer(request: IncomingMessage, response: ServerResponse): void {
  requests += 1;
  const place = clusterOf(request.socket.localAddress ?? '');
  const path = request.url ?? '';
  if (path.startsWith('/gossip')) {
    note(arrivals.gossip, place);
    return send(response, gossipBody(place, request.socket.localPort ?? 0));
  }
  if (path.startsWith('/stats')) {
    note(arrivals.stats, place);
    return send(response, STATS_BODY);
  }
  if (path.startsWith('/metrics')) return send(response, METRICS_BODY, 'text/plain; version=0.0.4');
  if (path.startsWith('/info')) return send(response, INFO_BODY);
  response.writeHead(path.startsWith('/health/live') ? 204 : 404).end();
}

function note(times: Map<number, number[]>, { cluster, node }: { cluster: number; node: number }): void {
  if (node !== 0) return;
  const known = times.get(cluster);
  if (known) known.push(Date.now());
  else times.set(cluster, [Date.now()]);
}

function send(response: ServerResponse, body: Buffer | string, type = 'application/json'): void {
  response.writeHead(200, { 'content-type': type, 'content-length': Buffer.byteLength(body) }).end(body);
}

process.on('message', (message: string) => {
  if (message === 'reset') {
    arrivals.gossip.clear();
    arrivals.stats.clear();
    requests = 0;
  }
  if (message === 'report') {
    process.send!({ requests, gossip: [...arrivals.gossip], host: [...arrivals.stats] });
  }
});
process.on('disconnect', () => process.exit(0));
server.listen(0, '0.0.0.0', () => process.send!({ port: (server.address() as { port: number }).port }));
