import { setTimeout as pause } from 'node:timers/promises';
import type { HttpConnection } from '../arguments/connection.js';
import { Failed, type Terminal } from '../terminal.js';
import { breakdownOf, reasonOf } from './reason.js';

export interface Question {
  /** Below the base: `api/query/`. */
  readonly path: string;
  readonly parameters?: Readonly<Record<string, string>>;
  readonly contentType: string;
  readonly body: string;
  /** Said when a try that failed may have worked all the same. */
  readonly doubt?: string;
}

export interface Answer {
  readonly text: string;
  /** The server's clock, in milliseconds since 1970; undefined when it does not say. */
  readonly dateMs: number | undefined;
}

/** What a failed try leads to. */
interface Trouble {
  readonly reason: string;
  /** Undefined: there is no use in another try. */
  readonly retryAfterMs: number | undefined;
  readonly isInDoubt: boolean;
}

/** Of one request, where it is tried for ever. */
const ATTEMPT_MS = 30_000;
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 5_000;
const MAX_ANSWER_BYTES = 256 * 1_048_576;
const PASSING = new Set([408, 429, 502, 503, 504]);

/** An event store, or a hub. Tries again when it is away or busy, for as long as the connection's `timeoutMs` says. */
export class Server {
  private said: string | undefined;

  constructor(
    private readonly connection: HttpConnection,
    private readonly terminal: Terminal,
  ) {}

  /** Resolves with the answer when it was 2xx. Throws `Failed`; and whatever when the terminal's signal aborts. */
  async ask(question: Question): Promise<Answer> {
    const deadline = performance.now() + this.connection.timeoutMs;
    let isInDoubt = false;
    for (let tries = 1; ; tries += 1) {
      const outcome = await this.attempt(question, Math.max(1, deadline - performance.now()));
      if ('text' in outcome) {
        this.said = undefined;
        return outcome;
      }
      isInDoubt ||= outcome.isInDoubt;
      const doubt = isInDoubt && question.doubt !== undefined ? ` ${question.doubt}` : '';
      const backoffMs =
        Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (tries - 1)) * (0.5 + Math.random() / 2);
      const waitMs = Math.max(backoffMs, outcome.retryAfterMs ?? 0);
      if (outcome.retryAfterMs === undefined) throw new Failed(`${outcome.reason}${doubt}`);
      if (performance.now() + waitMs >= deadline)
        throw new Failed(`${outcome.reason} It was tried ${times(tries)}.${doubt}`);
      this.tell(outcome.reason);
      await pause(waitMs, undefined, { signal: this.terminal.signal });
    }
  }

  private async attempt(question: Question, leftMs: number): Promise<Answer | Trouble> {
    const { terminal, connection } = this;
    const limit = AbortSignal.timeout(leftMs === Infinity ? ATTEMPT_MS : Math.ceil(leftMs));
    try {
      const response = await fetch(urlOf(connection.base, question), {
        method: 'POST',
        headers: {
          'content-type': question.contentType,
          'user-agent': 'spillway-event',
          ...(connection.token === undefined ? {} : { authorization: `Bearer ${connection.token}` }),
        },
        body: question.body,
        // A token is for this server alone.
        redirect: 'manual',
        signal: AbortSignal.any([limit, terminal.signal]),
      });
      const text = await textOf(response);
      if (!response.ok) return this.troubleOf(response, text);
      const dateMs = Date.parse(response.headers.get('date') ?? '');
      return { text, dateMs: Number.isNaN(dateMs) ? undefined : dateMs };
    } catch (error) {
      if (terminal.signal.aborted || error instanceof Failed) throw error;
      const { reason, isUnsent, isPassing } = breakdownOf(error);
      return {
        reason: `${connection.base.origin} cannot be reached: ${reason}.`,
        retryAfterMs: isPassing ? 0 : undefined,
        isInDoubt: !isUnsent,
      };
    }
  }

  private troubleOf({ status, headers }: Response, text: string): Trouble {
    const { token } = this.connection;
    const retryAfter = headers.get('retry-after') ?? '';
    const said = reasonOf(text, token);
    const reason = `${this.connection.base.origin} answers ${status}${said === '' ? '' : `: ${said.replace(/\.$/, '')}`}.`;
    return {
      reason: `${reason}${adviceOf(status, token !== undefined)}`,
      retryAfterMs: PASSING.has(status)
        ? /^\d{1,6}$/.test(retryAfter)
          ? Number(retryAfter) * 1_000
          : 0
        : undefined,
      // Behind a gateway the lines may have arrived.
      isInDoubt: status === 502 || status === 504,
    };
  }

  /** The same is not said again and again. */
  private tell(reason: string): void {
    if (this.said === reason) return;
    this.said = reason;
    this.terminal.say(`${reason} Trying again.`);
  }
}

function adviceOf(status: number, hasToken: boolean): string {
  if (status === 401 || status === 403)
    return hasToken
      ? ' It does not accept the token.'
      : ' A token is needed: --token or SPILLWAY_EVENT_TOKEN.';
  if (status >= 300 && status < 400)
    return ' It wants to send the request elsewhere: --url must be where it really is.';
  return status === 404 ? ' Is --url that of an event store or of a project of a hub?' : '';
}

function urlOf(base: URL, { path, parameters = {} }: Question): URL {
  const url = new URL(base);
  url.pathname = `${base.pathname.replace(/\/+$/, '')}/${path}`;
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  return url;
}

async function textOf(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of response.body ?? []) {
    length += (chunk as Uint8Array).length;
    if (length > MAX_ANSWER_BYTES)
      throw new Failed('The answer is larger than anybody can use: ask for less by --limit.');
    chunks.push(chunk as Uint8Array);
  }
  return Buffer.concat(chunks).toString('utf8');
}

const times = (count: number): string => (count === 1 ? 'once' : `${count} times`);
