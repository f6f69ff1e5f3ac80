import type { Failure, Outcome } from '../domain/index.js';
import { causes, isRecord } from './error-causes.js';
import {
  insecure,
  networkFailure,
  redirected,
  unreachable,
  unreadableAnswer,
  type CalledService,
} from './network-failure.js';

/** What was asked of AWS, in the words of a finding. */
export interface AwsCall extends CalledService {
  /** The IAM action it needs: `logs:DescribeLogGroups`. */
  readonly action: string;
  readonly region: string;
  /** Whose permissions count, when not those of the keys' user: `the role arn:aws:iam::…`. */
  readonly holder?: string;
  /** It changes something: when it was sent and there is no verdict, nobody knows whether it did. */
  readonly writes?: boolean;
}

const TOO_LARGE = 413;

/** Wait after a refusal for rate, which never says how long. */
export const DEFAULT_WAIT_MS = 60_000;

const UNKNOWN_KEY = new Set(['UnrecognizedClient', 'InvalidClientTokenId', 'InvalidAccessKeyId']);
const BAD_SIGNATURE = new Set(['InvalidSignature', 'SignatureDoesNotMatch', 'IncompleteSignature']);
const EXPIRED_KEY = new Set(['ExpiredToken', 'MissingAuthenticationToken']);
const CLOCK_SKEW = new Set(['RequestExpired', 'RequestTimeTooSkewed', 'RequestInTheFuture']);
/** An `InvalidSignature` that is none: https://docs.aws.amazon.com/IAM/latest/UserGuide/signature-v4-troubleshooting.html, read 2026-11-20. */
const SKEWED_SIGNATURE = /Signature (expired|not yet current)/;
const DENIED = new Set(['AccessDenied', 'UnauthorizedOperation', 'NotAuthorized']);
const NOT_SIGNED_UP = new Set(['OptInRequired', 'SubscriptionRequired', 'RegionDisabled']);
const THROTTLED = new Set([
  'Throttling',
  'ThrottledRequest',
  'RequestThrottled',
  'TooManyRequests',
  'RequestLimitExceeded',
  'LimitExceeded',
]);
const IN_TROUBLE = new Set([
  'ServiceUnavailable',
  'InternalFailure',
  'InternalServiceFault',
  'InternalServerError',
  'RequestTimeout',
  'OperationAborted',
]);
/** Not AWS's names but the SDK's, of an answer that it could not read or not to the end. */
const UNREAD = new Set(['Unknown', 'Error', 'SyntaxError', 'TypeError', 'TimeoutError', 'AbortError']);
/** As the SDK says it of a connection that never stood; its time-outs differ in nothing else. */
const NEVER_CONNECTED = /did not establish a connection/;

interface AwsRefusal {
  /** AWS's name of the error without `Exception`: the two protocols differ in it. */
  readonly code: string;
  readonly status: number | undefined;
  readonly isSkew: boolean;
}

/** Undefined when no answer came. */
function refusalIn(error: unknown): AwsRefusal | undefined {
  if (!isRecord(error) || !isRecord(error['$metadata'])) return undefined;
  const { httpStatusCode } = error['$metadata'];
  const status = typeof httpStatusCode === 'number' ? httpStatusCode : undefined;
  const name = typeof error['name'] === 'string' ? error['name'].replace(/Exception$/, '') : '';
  if (status === undefined && error['$fault'] === undefined) return undefined;
  const code = /^[A-Za-z][A-Za-z0-9]{0,63}$/.test(name) ? name : 'Unknown';
  const isSkew =
    CLOCK_SKEW.has(code) ||
    (BAD_SIGNATURE.has(code) &&
      SKEWED_SIGNATURE.test(typeof error['message'] === 'string' ? error['message'] : ''));
  return { code, status, isSkew };
}

const unauthorized = (code: string, reason: string): Outcome => ({ kind: 'unauthorized', code, reason });
const transient = (code: string, reason: string): Outcome => ({ kind: 'transient', code, reason });

/** Sent, and no verdict of AWS's. */
const unanswered = ({ writes }: AwsCall, failure: Failure): Outcome => ({
  kind: writes === true ? 'ambiguous' : 'transient',
  ...failure,
});

function ofCredentials({ code }: AwsRefusal, call: AwsCall): Outcome | undefined {
  const { action, region, label, holder } = call;
  if (UNKNOWN_KEY.has(code))
    return unauthorized(
      code,
      `AWS does not know the access key in ${region}: check accessKeyId and region, that the key is active in IAM and the region enabled for its account.`,
    );
  if (BAD_SIGNATURE.has(code))
    return unauthorized(code, 'The secret access key does not belong to the access key: enter both again.');
  if (EXPIRED_KEY.has(code))
    return unauthorized(
      code,
      "The access key is a temporary one and of no use without its session: enter an IAM user's keys.",
    );
  if (DENIED.has(code))
    return unauthorized(
      code,
      `AWS accepts the keys, but they may not do this: allow ${action} in an IAM policy of ${holder ?? "the keys' user"}.`,
    );
  if (NOT_SIGNED_UP.has(code))
    return unauthorized(code, `The keys' AWS account may not use ${label} in ${region}: enable it there.`);
  return undefined;
}

function ofRefusal(refusal: AwsRefusal, call: AwsCall): Outcome {
  const { code, status } = refusal;
  const { label, region } = call;
  if (refusal.isSkew)
    return transient(
      code,
      "The hub's clock and AWS's are more than five minutes apart: set the hub's clock right.",
    );
  if (THROTTLED.has(code) || status === 429)
    return { kind: 'throttled', code, reason: `${label} asks us to slow down.`, waitMs: DEFAULT_WAIT_MS };
  const credentials = ofCredentials(refusal, call);
  if (credentials) return credentials;
  if (code === 'ResourceNotFound')
    return {
      kind: 'gone',
      what: 'destination',
      code,
      reason: `${label} says that it is not there in ${region}.`,
    };
  if (IN_TROUBLE.has(code) || (status ?? 0) >= 500)
    return transient(code, `${label} is in trouble (HTTP ${status}): try again later.`);
  if (status !== undefined && status < 300) return unanswered(call, unreadableAnswer(call));
  if (status !== undefined && status < 400) return { kind: 'transient', ...redirected(call) };
  if (status !== TOO_LARGE && UNREAD.has(code)) return { kind: 'transient', ...unreadableAnswer(call) };
  return {
    kind: 'rejected',
    code,
    reason: `${label} refuses the request with "${code}": see AWS's documentation.`,
  };
}

/** An answer of 200 that is none of AWS's. */
export const unreadableAws = (call: AwsCall): Outcome => unanswered(call, unreadableAnswer(call));

/** Whether the error is of a connection that never stood, so that nothing can have been sent. */
const neverConnected = (error: unknown, call: AwsCall): boolean =>
  unreachable(error, call) !== undefined ||
  insecure(error, call) !== undefined ||
  causes(error).some(({ message }) => typeof message === 'string' && NEVER_CONNECTED.test(message));

/**
 * What became of a call. Without an answer it is `transient` when it only asks or was surely not sent, and `ambiguous` when
 * it `writes`. Pure; says nothing of what the error's texts say: they name users and resources, and a proxy's may hold
 * anything.
 */
export function classifyAws(error: unknown, call: AwsCall): Outcome {
  const refusal = refusalIn(error);
  if (refusal) return ofRefusal(refusal, call);
  const failure = networkFailure(error, call);
  if (!neverConnected(error, call)) return unanswered(call, failure);
  if (failure.code !== 'enotfound') return { kind: 'transient', ...failure };
  return transient(
    failure.code,
    `The host of ${call.label} in ${call.region} is not found: check that there is such a region, and DNS.`,
  );
}
