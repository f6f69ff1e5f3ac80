import type { Clock } from '../domain/index.js';
import type { Endpoint, EndpointObservation } from '../detection/index.js';
import { EgressFailure, type Egress, type TlsOptions } from '../egress/index.js';
import { explainStatus } from './explain-status.js';
import { parseGossip } from './parse-gossip.js';
import { parseInfo } from './parse-info.js';
import { parseStats } from './parse-stats.js';
import { UnreadableAnswer } from './unreadable-answer.js';
import type { NodeCredentials } from './watched-clusters.js';

/** Servers answer 408 after ten seconds by themselves; whoever takes half of that is not well. */
const TIMEOUT_MS = 5_000;
/** Real answers have some 20 kB. Bounds what all the nodes of a round, asked at once, can make us hold. */
const MAX_ANSWER_BYTES = 1024 * 1024;

interface EndpointDefinition<Value> {
  readonly name: Endpoint;
  readonly path: string;
  readonly parse: (body: string) => Value;
  /**
   * Gossip and info are asked without credentials: with bad ones, or while no leader can check them, even an open
   * endpoint refuses (401, 503), just when they matter.
   */
  readonly authenticated: boolean;
}

export const GOSSIP = { name: 'gossip', path: '/gossip', parse: parseGossip, authenticated: false } as const;
export const INFO = { name: 'info', path: '/info', parse: parseInfo, authenticated: false } as const;
/** Ungrouped, because grouping breaks mount paths at their hyphens. */
export const STATS = {
  name: 'stats',
  path: '/stats?group=false',
  parse: parseStats,
  authenticated: true,
} as const;

/** How the nodes of one cluster are asked. */
export interface PollContext {
  readonly egress: Pick<Egress, 'get'>;
  readonly clock: Clock;
  readonly tls: TlsOptions;
  readonly credentials: NodeCredentials;
  readonly signal?: AbortSignal | undefined;
  readonly timeoutMs?: number | undefined;
}

/** Asks one endpoint of the node at `address`. Never throws: whatever goes wrong is a failed observation. */
export async function pollEndpoint<Value>(
  address: string,
  definition: EndpointDefinition<Value>,
  context: PollContext,
): Promise<EndpointObservation<Value>> {
  const at = context.clock.now().toISOString();
  const failed = (code: string, reason: string) => ({ at, ok: false, code, reason }) as const;
  const credentials = definition.authenticated ? context.credentials : null;
  if (credentials === 'unreadable') {
    return failed(
      'credentials-unreadable',
      "The cluster's stored credentials cannot be read; set them again.",
    );
  }
  const host = URL.parse(address)?.host ?? address;
  try {
    const reply = await context.egress.get(address.replace(/\/+$/, '') + definition.path, {
      ...context.tls,
      basic: credentials ?? undefined,
      timeoutMs: context.timeoutMs ?? TIMEOUT_MS,
      signal: context.signal,
      maxBodyBytes: MAX_ANSWER_BYTES,
    });
    if (reply.status === 200) return { at, ok: true, value: definition.parse(reply.body) };
    const { code, reason } = explainStatus(definition.name, reply.status, host, credentials !== null);
    return failed(code, reason);
  } catch (error) {
    if (error instanceof EgressFailure) return failed(error.code, error.message);
    if (error instanceof UnreadableAnswer) {
      return failed(error.code, `${host} answered /${definition.name} with ${error.problem}.`);
    }
    return failed('internal', `${host} could not be asked for /${definition.name}.`);
  }
}
