import { expect, it } from 'vitest';
import { nodeProblem } from './node-version.js';

it.each(['24.0.0', '24.21.0', '26.1.0', '100.0.0'])('runs with Node %s', (version) => {
  expect(nodeProblem(version)).toBeUndefined();
});

it.each(['8.17.0', '20.20.2', '23.11.1'])('says what it needs instead of Node %s', (version) => {
  expect(nodeProblem(version)).toBe(
    `It needs Node 24 or newer, and this is ${version}; the npm scripts of this repository bring it along.`,
  );
});
