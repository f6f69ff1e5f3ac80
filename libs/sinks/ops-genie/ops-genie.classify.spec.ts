import { describe, expect, it } from 'vitest';
import { classifyAnswer, classifyFailure, classifyQuestion } from './ops-genie.classify.js';
import type { OpsGenieAnswer } from './ops-genie.client.js';
import { serviceOf } from './ops-genie.service.js';

const OPSGENIE = serviceOf('opsgenie', undefined);
const answer = (change: Partial<OpsGenieAnswer>): OpsGenieAnswer => ({
  status: 200,
  text: 'planted',
  json: undefined,
  form: 'own',
  code: undefined,
  requestId: 'r',
  message: 'planted',
  errors: undefined,
  isThrottled: false,
  periodSeconds: undefined,
  errorType: undefined,
  ...change,
});

describe('what an answer means', () => {
  it.each([
    [200, 'ambiguous', 'ambiguous', 'transient'],
    [204, 'ambiguous', 'ambiguous', 'transient'],
    [301, 'transient', 'transient', 'transient'],
    [400, 'rejected', 'rejected', 'transient'],
    [401, 'unauthorized', 'unauthorized', 'unauthorized'],
    [402, 'unauthorized', 'unauthorized', 'unauthorized'],
    [403, 'unauthorized', 'unauthorized', 'unauthorized'],
    [404, 'gone', 'transient', 'transient'],
    [405, 'transient', 'transient', 'transient'],
    [408, 'ambiguous', 'ambiguous', 'transient'],
    [409, 'transient', 'transient', 'transient'],
    [410, 'gone', 'transient', 'transient'],
    [413, 'rejected', 'rejected', 'transient'],
    [415, 'transient', 'transient', 'transient'],
    [418, 'transient', 'transient', 'transient'],
    [422, 'rejected', 'rejected', 'transient'],
    [429, 'throttled', 'throttled', 'throttled'],
    [500, 'ambiguous', 'ambiguous', 'transient'],
    [501, 'ambiguous', 'ambiguous', 'transient'],
    [503, 'ambiguous', 'ambiguous', 'transient'],
    [599, 'ambiguous', 'ambiguous', 'transient'],
  ])('HTTP %i to a create: %s, to a change: %s, to a question: %s', (status, creates, changes, asks) => {
    const outcome = classifyAnswer(answer({ status }), OPSGENIE, 'creates');
    expect(outcome).toMatchObject({ kind: creates, reason: expect.stringMatching(/^[A-Z].{15,}\.$/) });
    expect(JSON.stringify(outcome)).not.toContain('planted');
    expect(classifyAnswer(answer({ status }), OPSGENIE, 'changes').kind).toBe(changes);
    expect(classifyQuestion(answer({ status }), OPSGENIE).kind).toBe(asks);
  });

  it('is transient when it is a proxy that refuses', () => {
    for (const status of [400, 401, 403, 404, 410, 413, 422])
      expect(classifyAnswer(answer({ status, form: 'foreign' }), OPSGENIE, 'creates').kind).toBe('transient');
  });

  it.each([
    ['opsgenie', 'transient'],
    ['jsm', 'rejected'],
  ] as const)(
    'of a gateway’s is believed about keys and endpoints; about an item at %s it is %s',
    (target, kind) => {
      const of = (status: number) =>
        classifyAnswer(answer({ status, form: 'gateway' }), serviceOf(target, undefined), 'creates');
      for (const status of [401, 402, 403]) expect(of(status).kind).toBe('unauthorized');
      for (const status of [404, 410])
        expect(of(status)).toMatchObject({ kind: 'gone', what: 'destination' });
      for (const status of [400, 413, 422]) expect(of(status).kind).toBe(kind);
    },
  );

  it('says what to do when nothing is there that creates alerts', () => {
    expect(classifyAnswer(answer({ status: 410 }), OPSGENIE, 'creates')).toHaveProperty(
      'reason',
      expect.stringMatching(/HTTP 410.*OpsGenie was turned off.*settings\.target.*OPSGENIE_API_URL/),
    );
  });

  it('is about the key when its format is not valid, whatever was asked', () => {
    const malformed = answer({ status: 422, message: 'Key format is not valid!' });
    for (const nature of ['asks', 'changes', 'creates'] as const)
      expect(classifyAnswer(malformed, OPSGENIE, nature)).toMatchObject({
        kind: 'unauthorized',
        reason: expect.stringContaining('malformed'),
      });
  });

  it('names the right that is missing, by what was tried', () => {
    const lacking = answer({ status: 403, code: 40_301 });
    expect(classifyAnswer(lacking, OPSGENIE, 'changes')).toHaveProperty(
      'reason',
      expect.stringContaining('lacks the access right Create and Update'),
    );
    const jsm = serviceOf('jsm', undefined);
    expect(classifyAnswer(lacking, jsm, 'asks')).toMatchObject({
      code: 'http_403_40301',
      reason: expect.stringMatching(/access right Read: .*JSM Operations\.$/),
    });
  });

  it('names refused members at no more than a sentence’s length', () => {
    const errors = { message: 'is too long', tags: 7, alias: 'y'.repeat(5_000) };
    const outcome = classifyAnswer(answer({ status: 422, errors }), OPSGENIE, 'changes');
    expect(outcome).toHaveProperty('reason', expect.stringContaining('message is too long; tags is refused'));
    expect(JSON.stringify(outcome).length).toBeLessThan(500);
  });
});

describe('what no answer means', () => {
  const lost = (code: string) => Object.assign(new Error('planted'), { code });
  it.each([
    [lost('ECONNREFUSED'), true, 'transient'],
    [lost('ENOTFOUND'), true, 'transient'],
    [lost('DEPTH_ZERO_SELF_SIGNED_CERT'), true, 'transient'],
    [lost('ECONNRESET'), false, 'transient'],
    [lost('ECONNRESET'), true, 'ambiguous'],
    [Object.assign(new Error('planted'), { name: 'TimeoutError' }), true, 'ambiguous'],
    ['no error at all', true, 'ambiguous'],
  ])('%s, begun: %s: %s to what writes', (error, begun, kind) => {
    const outcome = classifyFailure({ error, begun }, OPSGENIE, 'changes');
    expect(outcome).toMatchObject({ kind, reason: expect.stringMatching(/^[A-Z].{15,}\.$/) });
    expect(JSON.stringify(outcome)).not.toContain('planted');
    expect(classifyFailure({ error, begun }, OPSGENIE).kind).toBe('transient');
  });
});
