import { expect, it } from 'vitest';
import { gatekeeper } from './credentials.js';

const mayPass = gatekeeper({ username: 'user', password: 'p:w' });

it('D33: decides about a header in a time that grows with its length, and no more', () => {
  const blanks = ' '.repeat(500_000);
  expect(mayPass(`Basic${blanks}!`)).toBe(false);
  expect(mayPass(`Basic ${btoa('user:p:w')}${blanks}`)).toBe(true);
});
