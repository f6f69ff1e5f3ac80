import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import type { Clock } from '../../../libs/domain/index.js';
import { verdictOf, type Answer, type Verdict } from './verdict.js';

const TIMEOUT_MS = 30_000;
const MAX_ANSWER_BYTES = 16_384;

interface HubClientOptions {
  readonly hub: URL;
  readonly token: string;
  readonly cluster: string;
  readonly ca: string | undefined;
  readonly clock: Clock;
  /** Default 30,000. */
  readonly timeoutMs?: number;
}

/** The hub's write endpoint, over one connection that is kept. */
export class HubClient {
  readonly #target: URL;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #agent: HttpAgent;

  constructor(private readonly options: HubClientOptions) {
    const { hub, token, cluster, ca } = options;
    this.#target = new URL(hub);
    this.#target.pathname = `${hub.pathname.replace(/\/+$/, '')}/api/write/`;
    this.#target.searchParams.set('cluster', cluster);
    this.#headers = {
      authorization: `Bearer ${token}`,
      'content-type': 'text/plain; charset=utf-8',
      'content-encoding': 'gzip',
      'user-agent': 'spillway-agent',
    };
    const keeping = { keepAlive: true, maxSockets: 1 };
    this.#agent =
      hub.protocol === 'https:'
        ? new HttpsAgent({ ...keeping, ...(ca === undefined ? {} : { ca }) })
        : new HttpAgent(keeping);
  }

  /** Sends a compressed body, and never throws: what went wrong is a verdict, too. */
  async send(body: Buffer, stop: AbortSignal): Promise<Verdict> {
    const signal = AbortSignal.any([stop, AbortSignal.timeout(this.options.timeoutMs ?? TIMEOUT_MS)]);
    try {
      return verdictOf(await this.#exchange(body, signal), this.options.clock.now().getTime());
    } catch (error) {
      return { kind: 'away', reason: `The hub cannot be reached (${reasonOf(error)})` };
    }
  }

  close(): void {
    this.#agent.destroy();
  }

  #exchange(body: Buffer, signal: AbortSignal): Promise<Answer> {
    const request = this.#target.protocol === 'https:' ? httpsRequest : httpRequest;
    return new Promise((resolve, reject) => {
      const headers = { ...this.#headers, 'content-length': String(body.length) };
      const outgoing = request(this.#target, { method: 'POST', agent: this.#agent, headers, signal });
      outgoing.on('error', reject);
      outgoing.on('response', (incoming) => {
        readAnswer(incoming).then(resolve, reject);
      });
      outgoing.end(body);
    });
  }
}

/** To its end, so that the connection can be used again; but only its beginning is kept. */
async function readAnswer(incoming: IncomingMessage): Promise<Answer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    if (bytes < MAX_ANSWER_BYTES) chunks.push(chunk);
    bytes += chunk.length;
  }
  return {
    status: incoming.statusCode ?? 0,
    body: Buffer.concat(chunks).toString('utf8', 0, MAX_ANSWER_BYTES),
    retryAfter: incoming.headers['retry-after'],
    location: incoming.headers.location,
  };
}

function reasonOf(error: unknown): string {
  const { code, name, message, errors } = error as NodeJS.ErrnoException & { errors?: readonly Error[] };
  if (name === 'TimeoutError' || name === 'AbortError') return 'no answer in time';
  // Both addresses of a host were tried.
  const text = (message === '' ? (errors?.[0]?.message ?? '') : message).replaceAll(/\s+/g, ' ').trim();
  return code === undefined || text.includes(code) ? text : `${code}: ${text}`;
}
