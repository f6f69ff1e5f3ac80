import { gatewayRefusal, opsGenieAnswer } from './ops-genie.schema.js';
import type { OpsGenieService } from './ops-genie.service.js';

/** Longest wait for a complete answer; the caller's signal may end it sooner. */
const TIMEOUT_MS = 10_000;
/** An alert with everything that it can hold weighs less. */
const MAX_ANSWER_BYTES = 256 * 1_024;

/**
 * Whose an answer is: OpsGenie's `own` (it has a `requestId`), a `gateway`'s refusal (JSON with a message, as the one in
 * front of JSM Operations gives it), or `foreign`: a proxy's page, another service's answer.
 */
export type AnswerForm = 'own' | 'gateway' | 'foreign';

/** An answer, with what we read of it. */
export interface OpsGenieAnswer {
  readonly status: number;
  /** The body as it came, and as JSON; undefined when it is none. */
  readonly text: string;
  readonly json: unknown;
  readonly form: AnswerForm;
  /** OpsGenie's own number of an error; undefined when it gives none. */
  readonly code: number | undefined;
  /** By which the request is asked for: the body's, else the header's; undefined when neither gives one. */
  readonly requestId: string | undefined;
  readonly message: string | undefined;
  /** Of a refused body: what is wrong with each member. */
  readonly errors: Readonly<Record<string, unknown>> | undefined;
  /** `X-RateLimit-State: THROTTLED`: the next call may come too early, even if this one was taken. */
  readonly isThrottled: boolean;
  /**
   * `X-RateLimit-Period-In-Sec` or `Retry-After`, the longer: after how many seconds it may be tried again; undefined
   * without a usable hint.
   */
  readonly periodSeconds: number | undefined;
  /** `X-Opsgenie-Errortype` */
  readonly errorType: string | undefined;
}

/** A call without a complete answer. */
export interface OpsGenieFailure {
  readonly error: unknown;
  /** Whether it was begun at all. */
  readonly begun: boolean;
}

export type OpsGenieResult = { readonly answer: OpsGenieAnswer } | OpsGenieFailure;

async function readText(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.byteLength;
    // Leaving the loop lets go of the connection, too. What is so long is none of OpsGenie's.
    if (bytes > MAX_ANSWER_BYTES) break;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** One key's line to OpsGenie: no retries, no redirects, no log; every call is bounded. */
export class OpsGenieClient {
  readonly service: OpsGenieService;
  readonly #apiKey: string;

  constructor(apiKey: string, service: OpsGenieService) {
    this.#apiKey = apiKey;
    this.service = service;
  }

  /** `path` begins with a slash. Never throws for what becomes of the call. */
  get(path: string, signal: AbortSignal): Promise<OpsGenieResult> {
    return this.#call('GET', path, undefined, signal);
  }

  /** As `get`, with a JSON body. */
  post(path: string, body: object, signal: AbortSignal): Promise<OpsGenieResult> {
    return this.#call('POST', path, JSON.stringify(body), signal);
  }

  async #call(
    method: string,
    path: string,
    body: string | undefined,
    signal: AbortSignal,
  ): Promise<OpsGenieResult> {
    if (signal.aborted) return { error: signal.reason, begun: false };
    try {
      const response = await fetch(`${this.service.url}${path}`, {
        method,
        headers: {
          authorization: `GenieKey ${this.#apiKey}`,
          accept: 'application/json',
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        redirect: 'manual',
        signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]),
        ...(body === undefined ? {} : { body }),
      });
      return { answer: this.#read(response.status, response.headers, await readText(response)) };
    } catch (error) {
      return { error, begun: true };
    }
  }

  #read(status: number, headers: Headers, text: string): OpsGenieAnswer {
    const json = parse(text);
    const own = opsGenieAnswer.safeParse(json).data;
    const refusal = status >= 400 ? gatewayRefusal.safeParse(json).data : undefined;
    const body = own ?? refusal;
    return {
      status,
      text,
      json,
      form: own ? 'own' : refusal ? 'gateway' : 'foreign',
      code: body?.code,
      requestId: own?.requestId ?? (headers.get('x-request-id') || undefined),
      message: body?.message,
      errors: body?.errors,
      isThrottled: headers.get('x-ratelimit-state')?.toUpperCase() === 'THROTTLED',
      periodSeconds: longest(headers.get('x-ratelimit-period-in-sec'), headers.get('retry-after')),
      errorType: headers.get('x-opsgenie-errortype') ?? undefined,
    };
  }
}

/** The longest of those that are a positive number; undefined when none is. */
function longest(...seconds: readonly (string | null)[]): number | undefined {
  const usable = seconds.map((text) => Number(text ?? Number.NaN)).filter((number) => number > 0);
  return usable.length === 0 ? undefined : Math.max(...usable);
}
