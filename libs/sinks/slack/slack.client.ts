import { AsyncLocalStorage } from 'node:async_hooks';
import { subscribe } from 'node:diagnostics_channel';
import { LogLevel, WebClient, type FetchFunction, type Logger } from '@slack/web-api';
import type { CallTrace, SlackFailure } from './slack.classify.js';

/** Longest wait for a complete answer; the caller's signal may end it sooner. */
const TIMEOUT_MS = 10_000;
/** More than a full page of history weighs; nothing of Slack's is larger. */
const MAX_ANSWER_BYTES = 16 * 1024 * 1024;

export type SlackAnswer =
  | {
      readonly ok: true;
      readonly body: unknown;
      readonly scopes: readonly string[] | undefined;
      readonly trace: CallTrace;
    }
  | { readonly ok: false; readonly failure: SlackFailure };

interface RunningCall {
  readonly signal: AbortSignal;
  readonly trace: { -readonly [Member in keyof CallTrace]: CallTrace[Member] };
}

const runningCall = new AsyncLocalStorage<RunningCall>();

// Node's fetch does not say whether a failed request ever left. Its diagnostics channels do (undici, DiagnosticsChannel.md,
// read 2026-11-20): without them a connect timeout could not be told from a lost answer, and `sent` stays undefined.
const callOfRequest = new WeakMap<object, RunningCall>();
subscribe('undici:request:create', (message) => {
  const call = runningCall.getStore();
  if (!call) return;
  call.trace.sent = false;
  callOfRequest.set((message as { request: object }).request, call);
});
subscribe('undici:client:sendHeaders', (message) => {
  const call = callOfRequest.get((message as { request: object }).request);
  if (call) call.trace.sent = true;
});

// The SDK's own logger prints to the console, with arguments and headers at debug level.
const silentLogger: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  setLevel: () => undefined,
  getLevel: () => LogLevel.ERROR,
  setName: () => undefined,
};

async function readText(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.byteLength;
    if (bytes > MAX_ANSWER_BYTES) throw new Error('the answer is too large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

const tracedFetch: FetchFunction = async (url, init = {}) => {
  const call = runningCall.getStore();
  if (!call) throw new Error('a Slack call without its signal');
  const { signal, ...rest } = init;
  const response = await fetch(url, {
    ...rest,
    signal: AbortSignal.any(signal ? [signal, call.signal] : [call.signal]),
  });
  call.trace.status = response.status;
  // The SDK never reads a 429's body, which would keep the connection from being used again.
  if (response.status === 429) {
    await response.body?.cancel();
    call.trace.body = `Retry-After: ${response.headers.get('retry-after') ?? 'not given'}`;
  }
  return {
    ok: response.ok,
    status: response.status,
    statusText: response.statusText,
    url: response.url,
    headers: response.headers,
    arrayBuffer: () => response.arrayBuffer(),
    json: () => response.json(),
    text: async () => {
      const text = await readText(response);
      call.trace.answered = /^\s*\{/.test(text) ? 'object' : 'garbage';
      call.trace.body = text;
      return text;
    },
  };
};

/** One token's line to Slack: no retries, no queue, no log; every call is bounded by its own signal. */
export class SlackClient {
  readonly #client: WebClient;

  constructor(token: string, apiUrl: string | undefined) {
    this.#client = new WebClient(token, {
      ...(apiUrl === undefined ? {} : { slackApiUrl: apiUrl }),
      retryConfig: { retries: 0 },
      rejectRateLimitedCalls: true,
      timeout: TIMEOUT_MS,
      allowAbsoluteUrls: false,
      // A queued call would start in the finishing one's context, with that one's signal; callers bound concurrency.
      maxRequestConcurrency: Number.POSITIVE_INFINITY,
      // The SDK writes the Authorization header into this object: never share one.
      headers: {},
      logger: silentLogger,
      fetch: tracedFetch,
    });
  }

  /** Never throws for what becomes of the call. */
  async call(
    method: string,
    args: Readonly<Record<string, unknown>>,
    signal: AbortSignal,
  ): Promise<SlackAnswer> {
    const call: RunningCall = { signal, trace: { sent: undefined } };
    if (signal.aborted)
      return { ok: false, failure: { error: signal.reason, trace: { sent: false, aborted: true } } };
    try {
      const body = await runningCall.run(call, () => this.#client.apiCall(method, { ...args }));
      return { ok: true, body, scopes: body.response_metadata?.scopes, trace: call.trace };
    } catch (error) {
      return { ok: false, failure: { error, trace: { ...call.trace, aborted: signal.aborted } } };
    }
  }
}
