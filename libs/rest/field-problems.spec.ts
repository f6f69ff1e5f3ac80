import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { fieldProblems } from './field-problems.js';

const problemsOf = (schema: z.ZodType, value: unknown) =>
  fieldProblems(schema.safeParse(value).error?.issues ?? []);

describe('a refused field', () => {
  it.each([
    ['a missing member', z.object({ a: z.object({ b: z.string() }) }), { a: {} }, { 'a.b': 'is required' }],
    [
      'a wrong type in a list',
      z.object({ a: z.array(z.string()) }),
      { a: ['', 1] },
      { 'a[1]': 'must be a string' },
    ],
    ['no body', z.object({}), undefined, { body: 'is required' }],
    ['another body', z.object({}), [], { body: 'must be an object' }],
    ['a short text', z.string().min(2), 'a', { body: 'must have at least 2 characters' }],
    ['a long list', z.array(z.any()).max(1), [1, 2], { body: 'must have at most 1 items' }],
    ['a small number', z.number().min(1), 0, { body: 'must be at least 1' }],
    ['half a number', z.int(), 0.5, { body: 'must be an integer' }],
    ['an unknown choice', z.enum(['a', 'b']), 'c', { body: 'must be one of a, b' }],
    ['an unknown member', z.strictObject({}), { a: 1, b: 2 }, { a: 'is not known', b: 'is not known' }],
    ['a reason of its own', z.string().regex(/a/, 'must have an a'), 'b', { body: 'must have an a' }],
    ['a time', z.iso.datetime(), 'x', { body: 'must be an RFC 3339 time such as 2026-11-20T12:00:00Z' }],
  ])('says of %s what is wrong', (_what, schema, value, fields) => {
    expect(problemsOf(schema, value)).toEqual(fields);
  });

  it('never repeats the value', () => {
    const schema = z.object({ a: z.number(), b: z.enum(['x']), c: z.email(), d: z.string().max(3) });
    const text = JSON.stringify(
      problemsOf(schema, { a: 'planted', b: 'planted', c: 'planted', d: 'planted' }),
    );
    expect(text).not.toContain('planted');
  });
});
