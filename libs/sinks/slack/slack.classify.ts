import type { Outcome } from '../../domain/index.js';
import { causes, isRecord } from '../error-causes.js';
import { insecure, unreachable, unreadableAnswer, type CalledService } from '../network-failure.js';
import { withoutCredentials } from './slack.credentials.js';
import { lookUpCode } from './slack.codes.js';

/** What is known of a call besides its error. */
export interface CallTrace {
  /** Whether the request left for Slack; `undefined` when that could not be observed. */
  readonly sent: boolean | undefined;
  /** Status of the answer, once its headers were there. */
  readonly status?: number;
  /** What the answer's body turned out to be, once all of it was there. */
  readonly answered?: 'object' | 'garbage';
  /** That body, as it came: it may hold anything, the token too. Of a 429 what it says of the wait. */
  readonly body?: string;
  /** The caller gave up, for its own reason. */
  readonly aborted?: boolean;
}

/** A call that did not succeed. */
export interface SlackFailure {
  readonly error: unknown;
  readonly trace: CallTrace;
}

/** Whether doing it twice does no harm: an update or a query, but not a post. */
export interface CallNature {
  readonly idempotent: boolean;
}

/** Wait after a 429 that does not say how long (facts: the vendor's limit is about one message a second). */
export const DEFAULT_WAIT_MS = 30_000;
/** No hint is believed beyond this. */
const MAX_WAIT_MS = 24 * 60 * 60 * 1_000;
const MAX_CODE_CHARS = 64;

const SLACK: CalledService = { label: 'Slack', apiUrlSetting: 'SLACK_API_URL' };

/** The body of an answer that was not `ok`: SDK errors carry it as `data` (HTTP 200) or `body` (other statuses). */
function refusal({ error, trace }: SlackFailure): Record<string, unknown> | undefined {
  if (!isRecord(error) || trace.answered === 'garbage') return undefined;
  return [error['data'], error['body']].find(isRecord);
}

/** A Slack error code, or nothing: a proxy's page arrives in the same member (SDK 8.2.0 puts any unparsable body there). */
const codeIn = (body: Record<string, unknown> | undefined): string | undefined =>
  typeof body?.['error'] === 'string' &&
  body['error'].length <= MAX_CODE_CHARS &&
  /^[a-z0-9_]+$/.test(body['error'])
    ? body['error']
    : undefined;

function waitMs(seconds: unknown): number {
  if (typeof seconds !== 'number' || !Number.isFinite(seconds) || seconds <= 0) return DEFAULT_WAIT_MS;
  return Math.min(seconds * 1_000, MAX_WAIT_MS);
}

const throttled = (code: string, reason: string, seconds: unknown): Outcome => ({
  kind: 'throttled',
  code,
  reason,
  waitMs: waitMs(seconds),
});

/** `needed` and `provided` of a `missing_scope`, when they look like lists of scopes. */
function missingScope(body: Record<string, unknown>): string {
  const scopes = (value: unknown): string | undefined =>
    typeof value === 'string' && /^[a-z0-9_.:, -]{1,500}$/i.test(value)
      ? withoutCredentials(value)
      : undefined;
  const needed = scopes(body['needed']);
  if (needed === undefined)
    return 'The token lacks a permission: add it to the Slack app and install the app again.';
  const provided = scopes(body['provided']);
  const has = provided === undefined ? '' : ` (it has ${provided})`;
  return `The token lacks the scope ${needed}${has}: add it to the Slack app and install the app again.`;
}

function byCode(code: string, body: Record<string, unknown>, nature: CallNature): Outcome {
  const known = lookUpCode(code);
  if (!known) {
    return {
      kind: 'rejected',
      code,
      reason: `Slack refuses this with "${code}", which we do not know: see Slack's documentation.`,
    };
  }
  const failure = { code, reason: code === 'missing_scope' ? missingScope(body) : known.reason };
  switch (known.codeClass) {
    case 'unauthorized':
      return { kind: 'unauthorized', ...failure };
    case 'destination':
      return { kind: 'gone', what: 'destination', ...failure };
    case 'message':
      return nature.idempotent
        ? { kind: 'gone', what: 'message', ...failure }
        : { kind: 'rejected', ...failure };
    case 'payload':
      return { kind: 'rejected', ...failure };
    case 'throttled':
      return throttled(
        code,
        failure.reason,
        isRecord(body['response_metadata']) && body['response_metadata']['retryAfter'],
      );
    case 'unsure':
      return { kind: nature.idempotent ? 'transient' : 'ambiguous', ...failure };
    case 'transient':
      return { kind: 'transient', ...failure };
  }
}

function byStatus(status: number, nature: CallNature): Outcome {
  const code = `http_${status}`;
  if (status >= 500) {
    return {
      kind: nature.idempotent ? 'transient' : 'ambiguous',
      code,
      reason: `Slack answered with HTTP ${status}, so nobody knows whether it did what was asked.`,
    };
  }
  if (status >= 300) {
    return {
      kind: 'transient',
      code,
      reason: `HTTP ${status} came in place of an answer of Slack's: check SLACK_API_URL and any proxy.`,
    };
  }
  return unreadable(nature);
}

/** An answer that is none of Slack's: whether it hides a success cannot be known. */
export const unreadable = (nature: CallNature): Outcome => ({
  kind: nature.idempotent ? 'transient' : 'ambiguous',
  ...unreadableAnswer(SLACK),
});

function withoutAnswer({ error, trace }: SlackFailure): Outcome {
  const chain = causes(error);
  if (chain.some((cause) => cause['message'] === 'unexpected redirect')) {
    return {
      kind: 'transient',
      code: 'redirected',
      reason: 'A redirect came in place of an answer: check SLACK_API_URL and any proxy.',
    };
  }
  const neverStood = unreachable(error, SLACK) ?? (trace.sent === true ? undefined : insecure(error, SLACK));
  if (neverStood) return { kind: 'transient', ...neverStood };
  const timedOut = chain.some((cause) => cause['name'] === 'TimeoutError');
  const code = timedOut ? 'timed_out' : trace.aborted ? 'aborted' : 'connection_lost';
  if (trace.sent === false) {
    return {
      kind: 'transient',
      code,
      reason: 'The request did not get as far as Slack: check the network, DNS and any proxy.',
    };
  }
  return {
    kind: 'ambiguous',
    code,
    reason: 'The request was sent, but no complete answer came back: it may have been done or not.',
  };
}

/**
 * What became of a call that did not succeed. Pure; says nothing of what the error's texts say, for they may hold anything.
 *
 * On an idempotent call an answer without a verdict (5xx, `fatal_error`, a proxy's page) is `transient`: it may simply
 * be done again. No complete answer after sending is `ambiguous` on every call: it may have landed.
 */
export function classify(failure: SlackFailure, nature: CallNature): Outcome {
  const { error, trace } = failure;
  const status = trace.status;
  const limited = isRecord(error) && error['code'] === 'slack_webapi_rate_limited_error';
  if (status === 429 || limited) {
    return throttled('ratelimited', 'Slack asks us to slow down.', limited ? error['retryAfter'] : undefined);
  }
  const body = refusal(failure);
  const code = codeIn(body);
  if (body && code !== undefined && (status ?? 200) < 500) return byCode(code, body, nature);
  if (status !== undefined && (status !== 200 || trace.answered !== undefined))
    return byStatus(status, nature);
  return withoutAnswer(failure);
}
