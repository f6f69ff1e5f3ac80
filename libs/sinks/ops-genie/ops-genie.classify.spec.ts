import { describe, expect, it } from 'vitest';
import { classifyAnswer, classifyFailure, classifyQuestion } from './ops-genie.classify.js';
import type { OpsGenieAnswer } from './ops-genie.client.js';
import { serviceOf } from './ops-genie.service.js';

const OPSGENIE = serviceOf('opsgenie', undefined);
const answer = (change: Partial<OpsGenieAnswer>): OpsGenieAnswer => ({
  status: 200,
  text: 'planted',
  json: undefined,
  isOpsGenies: true,
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
    [200, 'ambiguous', 'transient'],
    [204, 'ambiguous', 'transient'],
    [301, 'transient', 'transient'],
    [400, 'rejected', 'transient'],
    [401, 'unauthorized', 'unauthorized'],
    [402, 'unauthorized', 'unauthorized'],
    [403, 'unauthorized', 'unauthorized'],
    [404, 'rejected', 'transient'],
    [408, 'transient', 'transient'],
    [418, 'rejected', 'transient'],
    [422, 'rejected', 'transient'],
    [429, 'throttled', 'throttled'],
    [500, 'transient', 'transient'],
    [501, 'transient', 'transient'],
    [599, 'transient', 'transient'],
  ])('HTTP %i to what writes: %s, to a question: %s', (status, writes, asks) => {
    const outcome = classifyAnswer(answer({ status }), OPSGENIE, 'writes');
    expect(outcome).toMatchObject({ kind: writes, reason: expect.stringMatching(/^[A-Z].{15,}\.$/) });
    expect(JSON.stringify(outcome)).not.toContain('planted');
    expect(classifyQuestion(answer({ status }), OPSGENIE).kind).toBe(asks);
  });

  it('is transient when it is a proxy that refuses', () => {
    for (const status of [400, 401, 403, 404, 422])
      expect(classifyAnswer(answer({ status, isOpsGenies: false }), OPSGENIE, 'writes').kind).toBe(
        'transient',
      );
  });

  it('names the right that is missing, by what was tried', () => {
    const lacking = answer({ status: 403, code: 40_301 });
    expect(classifyAnswer(lacking, OPSGENIE, 'writes')).toHaveProperty(
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
    const outcome = classifyAnswer(answer({ status: 422, errors }), OPSGENIE, 'writes');
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
    const outcome = classifyFailure({ error, begun }, OPSGENIE, 'writes');
    expect(outcome).toMatchObject({ kind, reason: expect.stringMatching(/^[A-Z].{15,}\.$/) });
    expect(JSON.stringify(outcome)).not.toContain('planted');
    expect(classifyFailure({ error, begun }, OPSGENIE).kind).toBe('transient');
  });
});
