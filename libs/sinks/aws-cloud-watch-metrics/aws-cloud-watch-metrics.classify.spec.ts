import { describe, expect, it } from 'vitest';
import type { Outcome } from '../../domain/index.js';
import { refusedData } from './aws-cloud-watch-metrics.classify.js';

const rejected = (code: string): Outcome => ({ kind: 'rejected', code, reason: 'As it was.' });

describe('a refused call', () => {
  it.each([
    'InvalidParameterValue',
    'InvalidParameterCombination',
    'MissingRequiredParameter',
    'MissingParameter',
  ])('with %s is the fault of its data, and stays refused', (code) => {
    expect(refusedData(rejected(code), 400, 1)).toEqual({
      kind: 'rejected',
      code,
      reason: `CloudWatch refuses the datum ("${code}"): its answer says why.`,
    });
    expect(refusedData(rejected(code), 400, 7)).toMatchObject({
      reason: expect.stringContaining('a call with 7 data, of which one at least is wrong'),
    });
  });

  it('that is too large is called so, whoever said it', () => {
    expect(refusedData(rejected('SyntaxError'), 413, 2)).toMatchObject({
      kind: 'rejected',
      code: 'too_large',
      reason: expect.stringMatching(/^A call with 2 data is larger/),
    });
  });

  it('for another reason stays as it is, as does all that is not refused', () => {
    const others: Outcome[] = [
      rejected('SerializationError'),
      { kind: 'transient', code: 'InvalidParameterValue', reason: 'As it was.' },
      { kind: 'unauthorized', code: 'AccessDenied', reason: 'As it was.' },
    ];
    for (const outcome of others) expect(refusedData(outcome, 400, 1)).toBe(outcome);
  });
});
