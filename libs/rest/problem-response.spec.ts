import { HttpException } from '@nestjs/common';
import { describe, expect, it } from 'vitest';
import { badRequest } from '../domain/index.js';
import { ExtendedProblem } from './extended-problem.js';
import { problemBody, problemOf } from './problem-response.js';

const ID = 'request-1';

describe('an error as a problem', () => {
  it('keeps the fields of a bad request', () => {
    const { problem, unexpected } = problemOf(badRequest({ 'data.token': 'is required' }), ID);
    expect(unexpected).toBe(false);
    expect(problemBody(problem, '/a')).toEqual({
      type: 'about:blank',
      title: 'Bad Request',
      status: 400,
      detail: 'data.token: is required',
      instance: '/a',
      fields: { 'data.token': 'is required' },
    });
  });

  it("shows another protocol's members beside its own", () => {
    const { problem } = problemOf(
      new ExtendedProblem(400, 'Bad Request', 'No.', { error: 'invalid_grant' }),
      ID,
    );
    expect(problemBody(problem, '/a')).toMatchObject({ status: 400, error: 'invalid_grant' });
  });

  it.each([
    Object.assign(new Error('planted'), { code: 'ECONNREFUSED' }),
    Object.assign(new Error('planted'), { driverError: { code: '57P01' } }),
    new Error('Connection terminated unexpectedly'),
    new Error('Query runner already released. Cannot run queries anymore.'),
    Object.assign(new Error('planted'), { code: 'EAI_AGAIN' }),
  ])('is a 503 while the database is away (%#)', (error) => {
    const { problem, unexpected } = problemOf(error, ID);
    expect([problem.status, unexpected]).toEqual([503, true]);
  });

  it.each([new Error('planted'), new HttpException('planted', 500), 'planted', undefined, { status: 200 }])(
    'is a 500 that tells nothing but the id when it is unknown (%#)',
    (error) => {
      const { problem, unexpected } = problemOf(error, ID);
      expect([problem.status, unexpected]).toEqual([500, true]);
      expect(problem.detail).toContain(ID);
      expect(JSON.stringify(problemBody(problem, '/a'))).not.toContain('planted');
    },
  );
});
