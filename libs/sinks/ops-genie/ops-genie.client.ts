import { opsGenieAnswer } from './ops-genie.schema.js';

/** Longest wait for a complete answer; the caller's signal may end it sooner. */
const TIMEOUT_MS = 10_000;
/** Answers to what we ask weigh some hundred bytes. */
const MAX_ANSWER_BYTES = 64 * 1_024;
/** https://docs.opsgenie.com/docs/api-overview, read 2026-11-20. */
const API_URL = 'https://api.opsgenie.com';

/** An answer, with what we read of it. */
export interface OpsGenieAnswer {
  readonly status: number;
  /** OpsGenie's own number of an error; undefined when it gives none. */
  readonly code: number | undefined;
  /** Whether the body is one of OpsGenie's, and not a proxy's page. */
  readonly isOpsGenies: boolean;
  /** `X-RateLimit-Period-In-Sec`: after how many seconds it may be tried again; undefined without a usable hint. */
  readonly periodSeconds: number | undefined;
}

async function readJson(response: Response): Promise<unknown> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.byteLength;
    // Leaving the loop lets go of the connection, too.
    if (bytes > MAX_ANSWER_BYTES) return undefined;
    chunks.push(chunk);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8'));
  } catch {
    return undefined;
  }
}

/** One key's line to OpsGenie: no retries, no redirects, no log; every call is bounded. */
export class OpsGenieClient {
  readonly #apiKey: string;
  readonly #apiUrl: string;

  constructor(apiKey: string, apiUrl = API_URL) {
    this.#apiKey = apiKey;
    this.#apiUrl = apiUrl.replace(/\/+$/, '');
  }

  /** `path` begins with a slash. Throws what `fetch` throws when no complete answer came. */
  async get(path: string, signal: AbortSignal): Promise<OpsGenieAnswer> {
    const response = await fetch(`${this.#apiUrl}${path}`, {
      headers: { authorization: `GenieKey ${this.#apiKey}`, accept: 'application/json' },
      redirect: 'manual',
      signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]),
    });
    const body = opsGenieAnswer.safeParse(await readJson(response));
    const period = Number(response.headers.get('x-ratelimit-period-in-sec') ?? Number.NaN);
    return {
      status: response.status,
      code: body.data?.code,
      isOpsGenies: body.success,
      periodSeconds: Number.isFinite(period) && period > 0 ? period : undefined,
    };
  }
}
