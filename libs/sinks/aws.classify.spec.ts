import { describe, expect, it } from 'vitest';
import { classifyAws, unreadableAws } from './aws.classify.js';

const CALL = {
  label: 'CloudWatch Logs',
  apiUrlSetting: 'AWS_ENDPOINT_URL_CLOUDWATCH_LOGS',
  action: 'logs:DescribeLogGroups',
  region: 'eu-west-1',
};
const answered = (name: string, httpStatusCode = 400, message = 'planted-text') =>
  Object.assign(new Error(message), { name, $metadata: { httpStatusCode } });
const lost = (code: string, name = 'Error') => Object.assign(new Error('planted-text'), { code, name });

describe("what AWS's refusals mean", () => {
  it.each([
    ['UnrecognizedClientException', 400, 'unauthorized'],
    ['InvalidClientTokenId', 403, 'unauthorized'],
    ['InvalidSignatureException', 400, 'unauthorized'],
    ['SignatureDoesNotMatch', 403, 'unauthorized'],
    ['ExpiredTokenException', 400, 'unauthorized'],
    ['AccessDeniedException', 400, 'unauthorized'],
    ['AccessDenied', 403, 'unauthorized'],
    ['OptInRequired', 403, 'unauthorized'],
    ['ThrottlingException', 400, 'throttled'],
    ['Throttling', 400, 'throttled'],
    ['LimitExceededException', 400, 'throttled'],
    ['Unheard', 429, 'throttled'],
    ['ResourceNotFoundException', 400, 'gone'],
    ['RequestTimeTooSkewed', 403, 'transient'],
    ['RequestExpired', 400, 'transient'],
    ['ServiceUnavailableException', 503, 'transient'],
    ['InternalFailure', 500, 'transient'],
    ['SyntaxError', 502, 'transient'],
    ['SyntaxError', 200, 'transient'],
    ['SyntaxError', 403, 'transient'],
    ['<html>', 403, 'transient'],
    ['InvalidParameterException', 400, 'rejected'],
    ['SomethingNewException', 400, 'rejected'],
  ])('%s with HTTP %i: %s', (name, status, kind) => {
    const outcome = classifyAws(answered(name, status), CALL);
    expect(outcome).toMatchObject({ kind, reason: expect.stringMatching(/^[A-Z].{15,}\.$/) });
    expect(JSON.stringify(outcome)).not.toContain('planted');
  });

  it('tells a wrong clock from a wrong secret by what the refusal says', () => {
    for (const text of ['Signature expired: 1 is now earlier than 2', 'Signature not yet current: 2'])
      expect(classifyAws(answered('InvalidSignatureException', 400, text), CALL).kind).toBe('transient');
  });

  it.each([
    [lost('ENOTFOUND'), /no.* such a region|there is such a region/],
    [lost('ECONNREFUSED'), /cannot be reached/],
    [lost('DEPTH_ZERO_SELF_SIGNED_CERT'), /secure connection/],
    [lost('', 'TimeoutError'), /in time/],
    [lost('ECONNRESET'), /ended before/],
    ['no error at all', /ended before/],
  ])('without an answer it is transient', (error, reason) => {
    const outcome = classifyAws(error, CALL);
    expect(outcome).toMatchObject({ kind: 'transient', reason: expect.stringMatching(reason) });
    expect(JSON.stringify(outcome)).not.toContain('planted');
  });

  const writing = { ...CALL, action: 'logs:PutLogEvents', writes: true };

  it('nobody knows of a call that writes whether it was done, once it may have been sent', () => {
    const timedOut = lost('ETIMEDOUT', 'TimeoutError');
    for (const error of [timedOut, lost('ECONNRESET'), lost('', 'AbortError'), answered('SyntaxError', 200)])
      expect(classifyAws(error, writing).kind).toBe('ambiguous');
    expect(unreadableAws(writing).kind).toBe('ambiguous');
  });

  it('a call that writes was surely not done when no connection stood, or when AWS says that it failed', () => {
    const neverConnected = Object.assign(
      new Error('the request socket did not establish a connection with the server within 3000 ms.'),
      { name: 'TimeoutError' },
    );
    const stalled = answered('TimeoutError', 400);
    for (const error of [neverConnected, lost('ECONNREFUSED'), lost('CERT_HAS_EXPIRED'), stalled])
      expect(classifyAws(error, writing).kind).toBe('transient');
    expect(classifyAws(answered('InternalFailure', 500), writing).kind).toBe('transient');
    expect(classifyAws(answered('SyntaxError', 302), writing).kind).toBe('transient');
  });

  it('what is too large for somebody in between is refused, not tried again', () => {
    expect(classifyAws(answered('SyntaxError', 413), writing).kind).toBe('rejected');
  });

  it('names who needs the permission', () => {
    const denied = answered('AccessDeniedException');
    expect(classifyAws(denied, writing)).toMatchObject({ reason: expect.stringContaining("the keys' user") });
    expect(classifyAws(denied, { ...writing, holder: 'the role r' })).toMatchObject({
      reason: expect.stringMatching(/allow logs:PutLogEvents in an IAM policy of the role r\.$/),
    });
  });
});
