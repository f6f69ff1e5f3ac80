import { expect, it } from 'vitest';
import { Endless, Unreadable } from './line-protocol-error.js';

it('D33: what cannot be read costs no stack trace, of which a message may ask for half a million', () => {
  const before = Error.stackTraceLimit;
  for (const error of [new Unreadable(3, 'a field has no value'), new Endless(3, 'a text does not end')]) {
    expect(error.message).toMatch(/^a (field|text) /);
    expect(error.stack).not.toContain('\n    at ');
  }
  expect(Error.stackTraceLimit).toBe(before);
  expect(new Error('another').stack).toContain('\n    at ');
});
