import { isIP } from 'node:net';
import { AddressGuard } from './address-guard.js';
import { AgentPool, type TlsOptions } from './agent-pool.js';
import { classifyError } from './classify-error.js';
import { EgressFailure } from './egress-failure.js';
import { exchange, StaleConnection, type ByteRange, type EgressReply, type Exchange } from './exchange.js';
import { addressDenied, guardedLookup } from './guarded-lookup.js';

export type { TlsOptions } from './agent-pool.js';
export type { ByteRange, EgressReply } from './exchange.js';

export interface EgressOptions {
  /** Networks (CIDR) that may not be contacted, besides those that never may. */
  readonly deny?: readonly string[];
  /** Agents kept at most, one per TLS configuration, so about one per cluster. Default 4000. */
  readonly maxAgents?: number;
}

export interface EgressRequest extends TlsOptions {
  /** For everything from the name's resolution to the body's last byte. Default 5000. */
  readonly timeoutMs?: number | undefined;
  /** Gives the request up at once; it then fails as `timeout`. */
  readonly signal?: AbortSignal | undefined;
  /** Sent with the first request, without waiting to be asked. */
  readonly basic?: { readonly username: string; readonly password: string } | undefined;
  /** Default `application/json`. */
  readonly accept?: string | undefined;
  /** A longer body is a failure, and its connection is closed at once. Default 5 MiB. */
  readonly maxBodyBytes?: number | undefined;
  /** Asks for a part of the body only; `maxBodyBytes` then bounds what is no part of anything. See `EgressReply.bytes`. */
  readonly range?: ByteRange | undefined;
}

const DEFAULT_TIMEOUT_MS = 5_000;
const DEFAULT_MAX_BODY_BYTES = 5 * 1024 * 1024;
const DEFAULT_MAX_AGENTS = 4_000;

/**
 * Asks servers whose address a tenant chose. Link-local, multicast and unspecified addresses, cloud metadata services,
 * and those of `deny`, are never dialled, however they are spelled and whatever a name resolves to. Redirects are not followed.
 * Keeps connections open between requests; `close` ends them. Throws at construction for a bad `deny`.
 */
export class Egress {
  readonly #guard: AddressGuard;
  readonly #agents: AgentPool;

  constructor({ deny = [], maxAgents = DEFAULT_MAX_AGENTS }: EgressOptions = {}) {
    this.#guard = new AddressGuard(deny);
    this.#agents = new AgentPool(maxAgents);
  }

  /** The answer, whatever its status; a redirect, and everything that is no answer, rejects with `EgressFailure`. */
  async get(url: string, request: EgressRequest = {}): Promise<EgressReply> {
    const target = readTarget(url);
    const literal = target.hostname.replace(/^\[|\]$/g, '');
    if (isIP(literal) !== 0 && !this.#guard.allows(literal)) throw addressDenied(target.hostname);
    const deadline = startDeadline(target, request);
    const lease = this.#agents.lease(target.protocol, request);
    try {
      return await exchangeOnFreshConnection({
        target,
        agent: lease.agent,
        lookup: guardedLookup(this.#guard),
        headers: headersOf(request),
        maxBodyBytes: request.maxBodyBytes ?? DEFAULT_MAX_BODY_BYTES,
        range: request.range,
        signal: deadline.signal,
      });
    } catch (error) {
      throw deadline.failure() ?? classifyError(error, target);
    } finally {
      lease.release();
      deadline.stop();
    }
  }

  /** Closes every connection, those in use too. */
  close(): void {
    this.#agents.close();
  }
}

/** A kept connection that turns out closed says nothing of the server: ask again, until one is new. */
async function exchangeOnFreshConnection(request: Exchange): Promise<EgressReply> {
  for (;;) {
    try {
      return await exchange(request);
    } catch (error) {
      if (!(error instanceof StaleConnection)) throw error;
    }
  }
}

function readTarget(url: string): URL {
  const target = URL.parse(url);
  if (target === null || !/^https?:$/.test(target.protocol)) {
    throw new EgressFailure('bad-url', 'The address is no http or https URL.');
  }
  if (target.username !== '' || target.password !== '') {
    throw new EgressFailure('bad-url', 'The address must not hold credentials.');
  }
  return target;
}

function headersOf({ accept = 'application/json', basic, range }: EgressRequest): Record<string, string> {
  const headers: Record<string, string> = { accept, 'accept-encoding': 'identity', 'user-agent': 'spillway' };
  if (range !== undefined) headers['range'] = `bytes=${range.from}-${range.from + range.maxBytes - 1}`;
  if (basic !== undefined) {
    headers['authorization'] =
      `Basic ${Buffer.from(`${basic.username}:${basic.password}`).toString('base64')}`;
  }
  return headers;
}

function startDeadline(target: URL, { timeoutMs = DEFAULT_TIMEOUT_MS, signal }: EgressRequest) {
  const controller = new AbortController();
  let failure: EgressFailure | undefined;
  const end = (message: string): void => {
    failure ??= new EgressFailure('timeout', message);
    controller.abort();
  };
  const giveUp = (): void => end(`The request to ${target.host} was given up before it had answered.`);
  const timer = setTimeout(
    () => end(`${target.host} did not answer within ${timeoutMs / 1_000} s.`),
    timeoutMs,
  );
  signal?.addEventListener('abort', giveUp, { once: true });
  if (signal?.aborted === true) giveUp();
  return {
    signal: controller.signal,
    failure: (): EgressFailure | undefined => failure,
    stop: (): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', giveUp);
    },
  };
}
