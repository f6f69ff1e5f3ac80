import { createHash } from 'node:crypto';
import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';

/** How the other side's certificate is checked. */
export interface TlsOptions {
  /** PEM of the only certificate authorities to trust; unset, the public ones. */
  readonly ca?: string | undefined;
  /** The name to ask for and to check instead of the address's host. */
  readonly servername?: string | undefined;
  /** Check nothing. */
  readonly insecure?: boolean | undefined;
}

export interface AgentLease {
  readonly agent: HttpAgent;
  release(): void;
}

interface PooledAgent {
  readonly agent: HttpAgent;
  inUse: number;
}

/** Idle connections are closed after this long. Longer than any poll interval that is worth a kept connection. */
const IDLE_MS = 60_000;
const MAX_SOCKETS_PER_NODE = 2;
/** Thousands of nodes, and tens of kilobytes for each kept connection; a second one is needed only now and then. */
const KEPT_SOCKETS_PER_NODE = 1;

/**
 * Keep-alive agents, one per TLS configuration (connections of one must never serve another), and one for plain HTTP.
 * Beyond `maxAgents` the least recently used idle ones are closed; those in use are bounded by the requests in flight.
 */
export class AgentPool {
  readonly #agents = new Map<string, PooledAgent>();

  constructor(readonly maxAgents: number) {}

  get size(): number {
    return this.#agents.size;
  }

  lease(protocol: string, tls: TlsOptions): AgentLease {
    const key = protocol === 'https:' ? keyOf(tls) : 'http';
    const pooled = this.#agents.get(key) ?? { agent: createAgent(protocol, tls), inUse: 0 };
    pooled.inUse += 1;
    // A Map iterates in order of insertion: taking it out and in again makes it the most recently used.
    this.#agents.delete(key);
    this.#agents.set(key, pooled);
    this.#shrink();
    const release = (): void => {
      pooled.inUse -= 1;
      this.#shrink();
    };
    return { agent: pooled.agent, release };
  }

  close(): void {
    for (const { agent } of this.#agents.values()) agent.destroy();
    this.#agents.clear();
  }

  #shrink(): void {
    for (const [key, { agent, inUse }] of this.#agents) {
      if (this.#agents.size <= this.maxAgents) return;
      if (inUse > 0) continue;
      agent.destroy();
      this.#agents.delete(key);
    }
  }
}

function keyOf({ ca, servername, insecure }: TlsOptions): string {
  const text = JSON.stringify([ca ?? null, servername ?? null, insecure === true]);
  return createHash('sha256').update(text).digest('base64');
}

function createAgent(protocol: string, { ca, servername, insecure }: TlsOptions): HttpAgent {
  const common = {
    keepAlive: true,
    maxSockets: MAX_SOCKETS_PER_NODE,
    maxFreeSockets: KEPT_SOCKETS_PER_NODE,
    timeout: IDLE_MS,
  };
  if (protocol !== 'https:') return new HttpAgent(common);
  return new HttpsAgent({
    ...common,
    ...(ca === undefined ? {} : { ca }),
    ...(servername === undefined ? {} : { servername }),
    rejectUnauthorized: insecure !== true,
  });
}
