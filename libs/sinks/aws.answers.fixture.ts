import type { CloudWatchStandIn } from '../../apps/sandbox/cloudwatch/index.js';
import type { OutcomeKind } from '../domain/index.js';
import type { StreamAnswerRow, StreamRig } from '../testing/stream-conformance.js';

/** A rig whose stand-in is AWS's. */
export interface AwsRig extends StreamRig {
  readonly aws: CloudWatchStandIn;
}

type Fault = Parameters<CloudWatchStandIn['faults']['next']>[1];
type End = Pick<StreamAnswerRow<AwsRig>, 'waitMs' | 'reason'>;

const row = (name: string, fault: Fault, ends: OutcomeKind, end: End = {}): StreamAnswerRow<AwsRig> => ({
  name,
  arrange: ({ aws }) => aws.faults.next('*', fault),
  ends,
  ...end,
});
const refusal = (
  type: string,
  ends: OutcomeKind,
  { status = 400, message = 'No.', ...end }: End & { status?: number; message?: string } = {},
): StreamAnswerRow<AwsRig> =>
  row(`${type} with HTTP ${status}`, { kind: 'answer', status, body: { __type: type, message } }, ends, end);

const IN_A_MINUTE = { waitMs: 60_000 };
const CUT = { reason: /^The connection to .* ended before/ };
const OF_THE_CLOCK = { reason: /^The hub's clock .*\.$/ };

/** What may come of the one call that writes; `action` is the IAM action that it needs. */
export const awsAnswers = (action: string): StreamAnswerRow<AwsRig>[] => [
  refusal('ThrottlingException', 'throttled', IN_A_MINUTE),
  refusal('Throttling', 'throttled', IN_A_MINUTE),
  refusal('LimitExceededException', 'throttled', IN_A_MINUTE),
  refusal('TooManyRequestsException', 'throttled', { status: 429, ...IN_A_MINUTE }),
  refusal('UnrecognizedClientException', 'unauthorized', { reason: /does not know the access key/ }),
  refusal('InvalidClientTokenId', 'unauthorized', { status: 403 }),
  refusal('InvalidSignatureException', 'unauthorized', { reason: /secret access key does not belong/ }),
  refusal('SignatureDoesNotMatch', 'unauthorized', { status: 403 }),
  refusal('ExpiredTokenException', 'unauthorized', { reason: /temporary/ }),
  refusal('AccessDeniedException', 'unauthorized', {
    reason: new RegExp(`allow ${action} in an IAM policy`),
  }),
  refusal('OptInRequired', 'unauthorized', { status: 403 }),
  refusal('InvalidSignatureException', 'transient', {
    message: 'Signature expired: 20261120T120000Z is now earlier than 20261120T130000Z',
    ...OF_THE_CLOCK,
  }),
  refusal('RequestExpired', 'transient', OF_THE_CLOCK),
  refusal('RequestTimeTooSkewed', 'transient', { status: 403, ...OF_THE_CLOCK }),
  refusal('InternalFailure', 'transient', { status: 500 }),
  refusal('ServiceUnavailableException', 'transient', { status: 503 }),
  refusal('InvalidParameterException', 'rejected'),
  refusal('ValidationException', 'rejected'),
  refusal('SerializationException', 'rejected'),
  refusal('ACodeOfTomorrowException', 'rejected'),
  row('HTTP 413 of a proxy', { kind: 'html', status: 413 }, 'rejected'),
  row('HTTP 403 of a proxy, naming the keys', { kind: 'html', status: 403 }, 'transient'),
  row('HTTP 502 of a proxy, naming the keys', { kind: 'html', status: 502 }, 'transient'),
  row('HTML with HTTP 200, naming the keys', { kind: 'html' }, 'ambiguous'),
  row('nothing with HTTP 200', { kind: 'answer', status: 200 }, 'ambiguous'),
  row('half a JSON with HTTP 200', { kind: 'answer', status: 200, body: '{"rejected' }, 'ambiguous'),
  row('HTTP 503 that took effect', { kind: 'answer', status: 503, landed: true }, 'transient'),
  row('a redirect', { kind: 'redirect', location: 'http://127.0.0.1:9/' }, 'transient'),
  row('a dropped connection', { kind: 'drop' }, 'ambiguous', CUT),
  row('a connection dropped after the effect', { kind: 'drop', landed: true }, 'ambiguous', CUT),
  {
    name: 'a refusal that repeats the secret',
    arrange: ({ aws, secrets }) => {
      const message = `The key ${secrets['secretAccessKey']} is wrong.`;
      aws.faults.next('*', { kind: 'answer', status: 400, body: { __type: 'InvalidThing', message } });
    },
    ends: 'rejected',
  },
];
