import type { Clock } from '../domain/index.js';
import type { Endpoint, EndpointObservation } from '../detection/index.js';
import { EgressFailure, type Egress, type EgressReply, type TlsOptions } from '../egress/index.js';
import { explainFailure } from './explain-failure.js';
import { explainStatus } from './explain-status.js';
import { HEALTH_STATUSES, parseHealth } from './parse-health.js';
import { parseGossip } from './parse-gossip.js';
import { parseInfo } from './parse-info.js';
import { parseMetrics } from './parse-metrics.js';
import { parseStats } from './parse-stats.js';
import { UnreadableAnswer } from './unreadable-answer.js';
import type { NodeCredentials } from './watched-clusters.js';

/** Servers answer 408 after ten seconds by themselves; whoever takes half of that is not well. */
const TIMEOUT_MS = 5_000;
/** Real answers have some 20 kB, metrics some 100. Bounds what all the nodes of a round, asked at once, can make us hold. */
const MAX_ANSWER_BYTES = 1024 * 1024;

interface EndpointDefinition<Value> {
  readonly name: Endpoint;
  readonly path: string;
  /** Default `application/json`. */
  readonly accept?: string;
  /** Statuses that are an answer; default 200 only. */
  readonly statuses?: readonly number[];
  /** `askedAt` is the configured `host:port`. */
  readonly parse: (reply: Pick<EgressReply, 'status' | 'body'>, askedAt: string) => Value;
  /**
   * Gossip, info and health are asked without credentials: with bad ones, or while no leader can check them, even an
   * open endpoint refuses (401, 503), just when they matter. Stats and metrics want those of any user from 23.6 on;
   * a cluster without any has failed observations there (`unauthorized`), and detectors of the host's figures are blind.
   */
  readonly isAuthenticated: boolean;
}

export const GOSSIP = {
  name: 'gossip',
  path: '/gossip',
  parse: ({ body }: { body: string }, askedAt: string) => parseGossip(body, askedAt),
  isAuthenticated: false,
} as const;
export const INFO = {
  name: 'info',
  path: '/info',
  parse: ({ body }: { body: string }) => parseInfo(body),
  isAuthenticated: false,
} as const;
export const HEALTH = {
  name: 'health',
  path: '/health/live',
  accept: '*/*',
  statuses: HEALTH_STATUSES,
  parse: ({ status }: { status: number }) => parseHealth(status),
  isAuthenticated: false,
} as const;
/** Ungrouped, because grouping breaks mount paths at their hyphens. */
export const STATS = {
  name: 'stats',
  path: '/stats?group=false',
  parse: ({ body }: { body: string }) => parseStats(body),
  isAuthenticated: true,
} as const;
/** The last choice is for 23.6, early builds of which refuse every other (kurrent-io/KurrentDB issue 4009). */
export const METRICS = {
  name: 'metrics',
  path: '/metrics',
  accept: 'text/plain;version=0.0.4, text/plain;q=0.8, */*;q=0.1',
  parse: ({ body }: { body: string }) => parseMetrics(body),
  isAuthenticated: true,
} as const;

/** An answer as it came, before anything was made of it. */
export interface RawAnswer {
  readonly endpoint: Endpoint;
  /** As configured. */
  readonly address: string;
  /** When it was asked for, RFC 3339. */
  readonly at: string;
  readonly body: string;
}

/** How the nodes of one cluster are asked. */
export interface PollContext {
  readonly egress: Pick<Egress, 'get'>;
  readonly clock: Clock;
  readonly tls: TlsOptions;
  readonly credentials: NodeCredentials;
  readonly signal?: AbortSignal | undefined;
  readonly timeoutMs?: number | undefined;
  /** Is told every answer with the expected status; must not throw, and must not keep what it does not need. */
  readonly overhear?: ((answer: RawAnswer) => void) | undefined;
}

/** Asks one endpoint of the node at `address`. Never throws: whatever goes wrong is a failed observation. */
export async function pollEndpoint<Value>(
  address: string,
  definition: EndpointDefinition<Value>,
  context: PollContext,
): Promise<EndpointObservation<Value>> {
  const at = context.clock.now().toISOString();
  const failed = (code: string, reason: string) => ({ at, ok: false, code, reason }) as const;
  const { isAuthenticated } = definition;
  const credentials = isAuthenticated ? context.credentials : null;
  const target = URL.parse(address);
  if (target === null) return failed('bad-url', `The node's address ${address} is no URL.`);
  const path = pathOf(definition);
  if (credentials === 'unreadable') {
    const reason = `Spillway cannot read the cluster's stored credentials and did not ask ${target.host} for ${path}: this process has another SPILLWAY_SECRET_KEY than they were stored with. Correct it, or set them again.`;
    return failed('credentials-unreadable', reason);
  }
  try {
    const reply = await context.egress.get(address.replace(/\/+$/, '') + definition.path, {
      ...context.tls,
      basic: credentials ?? undefined,
      accept: definition.accept,
      timeoutMs: context.timeoutMs ?? TIMEOUT_MS,
      signal: context.signal,
      maxBodyBytes: MAX_ANSWER_BYTES,
    });
    if ((definition.statuses ?? [200]).includes(reply.status)) {
      const { status, body } = reply;
      context.overhear?.({ endpoint: definition.name, address, at, body });
      return { at, ok: true, value: definition.parse({ status, body }, endpointOf(target)) };
    }
    const hasCredentials = credentials !== null;
    const question = { endpoint: definition.name, path, host: target.host, isAuthenticated, hasCredentials };
    const { code, reason } = explainStatus(question, reply.status);
    return failed(code, reason);
  } catch (error) {
    if (error instanceof EgressFailure) return failed(error.code, explainFailure(error, path, target));
    if (error instanceof UnreadableAnswer) {
      return failed(error.code, `${target.host} answered ${path} with ${error.problem}.`);
    }
    return failed('internal', `Spillway could not ask ${target.host} for ${path}.`);
  }
}

const pathOf = ({ path }: EndpointDefinition<unknown>): string => path.split('?')[0] ?? path;

/** `host:port` as gossip writes it: every port, and IPv6 addresses without brackets. */
const endpointOf = ({ hostname, port, protocol }: URL): string =>
  `${hostname.replace(/^\[|\]$/g, '')}:${port || (protocol === 'https:' ? '443' : '80')}`;
