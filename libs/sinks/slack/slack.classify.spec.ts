import { describe, expect, it } from 'vitest';
import { classify, DEFAULT_WAIT_MS, type CallTrace } from './slack.classify.js';
import { knownCodes } from './slack.codes.js';

const POST = { idempotent: false };
const UPDATE = { idempotent: true };
const OK: CallTrace = { sent: true, status: 200, answered: 'object' };

const refusal = (code: string, more: object = {}) => ({
  error: { data: { ok: false, error: code, ...more } },
  trace: OK,
});
const fetchFailed = (cause: object, sent: boolean | undefined) => ({
  error: { code: 'slack_webapi_request_error', cause: { message: 'fetch failed', cause } },
  trace: { sent },
});

describe('classification', () => {
  it('knows every code, for posts and for updates', () => {
    const kinds = {
      unauthorized: ['unauthorized', 'unauthorized'],
      destination: ['gone', 'gone'],
      message: ['rejected', 'gone'],
      payload: ['rejected', 'rejected'],
      throttled: ['throttled', 'throttled'],
      unsure: ['ambiguous', 'transient'],
      transient: ['transient', 'transient'],
    } as const;
    for (const [code, { codeClass }] of knownCodes()) {
      const found = [POST, UPDATE].map((nature) => classify(refusal(code), nature).kind);
      expect(found, code).toEqual(kinds[codeClass]);
    }
  });

  it('tells a missing message from a missing channel', () => {
    expect(classify(refusal('message_not_found'), UPDATE)).toMatchObject({ kind: 'gone', what: 'message' });
    expect(classify(refusal('channel_not_found'), UPDATE)).toMatchObject({
      kind: 'gone',
      what: 'destination',
    });
  });

  it('shows an unknown code only when it looks like one', () => {
    expect(classify(refusal('brand_new_2027'), POST)).toMatchObject({
      kind: 'rejected',
      code: 'brand_new_2027',
      reason: expect.stringContaining('brand_new_2027'),
    });
    for (const odd of ['<html>', '', 'Has Space', 'x'.repeat(65)]) {
      expect(classify(refusal(odd), POST), odd).toMatchObject({
        kind: 'ambiguous',
        code: 'unreadable_answer',
      });
      expect(classify(refusal(odd), UPDATE), odd).toMatchObject({
        kind: 'transient',
        code: 'unreadable_answer',
      });
    }
  });

  it('names the scopes of a missing_scope, unless they are odd', () => {
    const named = classify(
      refusal('missing_scope', { needed: 'chat:write', provided: 'channels:read' }),
      POST,
    );
    expect(named).toHaveProperty(
      'reason',
      expect.stringContaining('the scope chat:write (it has channels:read)'),
    );
    const odd = classify(refusal('missing_scope', { needed: '<script>' }), POST);
    expect(odd).toHaveProperty('reason', expect.not.stringContaining('script'));
  });

  it('waits as long as Slack says, and 30 s when it does not', () => {
    const limited = (retryAfter: unknown) =>
      classify(
        {
          error: { code: 'slack_webapi_rate_limited_error', retryAfter },
          trace: { sent: true, status: 429 },
        },
        POST,
      );
    expect(limited(12)).toMatchObject({ kind: 'throttled', waitMs: 12_000 });
    for (const odd of [0, -1, Number.NaN, 'soon', undefined])
      expect(limited(odd)).toMatchObject({ waitMs: DEFAULT_WAIT_MS });
    expect(limited(1e12)).toMatchObject({ waitMs: 86_400_000 });
    expect(
      classify({ error: new Error('Retry header …'), trace: { sent: true, status: 429 } }, POST),
    ).toMatchObject({
      kind: 'throttled',
      waitMs: DEFAULT_WAIT_MS,
    });
    expect(classify(refusal('ratelimited', { response_metadata: { retryAfter: 3 } }), POST)).toMatchObject({
      waitMs: 3_000,
    });
  });

  it('calls a connection that never stood transient, by its cause or by observation', () => {
    for (const code of [
      'ENOTFOUND',
      'EAI_AGAIN',
      'ECONNREFUSED',
      'UND_ERR_CONNECT_TIMEOUT',
      'CERT_HAS_EXPIRED',
      'EPROTO',
    ]) {
      expect(classify(fetchFailed({ code }, undefined), POST).kind, code).toBe('transient');
    }
    expect(classify(fetchFailed({ name: 'TimeoutError' }, false), POST)).toMatchObject({
      kind: 'transient',
      code: 'timed_out',
    });
    expect(classify(fetchFailed({ code: 'ECONNRESET' }, false), POST).kind).toBe('transient');
  });

  it('calls a connection that broke after sending ambiguous, and one of which nothing is known too', () => {
    for (const sent of [true, undefined]) {
      for (const cause of [{ code: 'UND_ERR_SOCKET' }, { code: 'ECONNRESET' }, { name: 'TimeoutError' }]) {
        expect(classify(fetchFailed(cause, sent), POST).kind).toBe('ambiguous');
        expect(classify(fetchFailed(cause, sent), UPDATE).kind).toBe('ambiguous');
      }
    }
  });

  it('calls a body that never ended ambiguous', () => {
    const stalled = { error: new DOMException('', 'TimeoutError'), trace: { sent: true, status: 200 } };
    expect(classify(stalled, POST)).toMatchObject({ kind: 'ambiguous', code: 'timed_out' });
  });

  it('repeats nothing of what an error says', () => {
    const error = Object.assign(new Error('Bearer xoxb-secret'), {
      cause: new Error('xoxb-secret'),
      data: { error: 'xoxb-secret' },
    });
    for (const trace of [OK, { sent: true }, { sent: false }, { sent: true, status: 503 }]) {
      expect(JSON.stringify(classify({ error, trace }, POST))).not.toContain('xoxb');
    }
  });

  it('ends in an outcome for whatever was thrown', () => {
    for (const error of [undefined, null, 'text', 7, {}, [], new TypeError('x')]) {
      expect(classify({ error, trace: { sent: undefined } }, POST).kind).toBe('ambiguous');
    }
  });
});
