import { expect, it } from 'vitest';
import type { StreamEntry } from '../../domain/index.js';
import { lineMatch } from './line-match.js';

const LINE: StreamEntry = { seq: 1, timeMs: 0, node: 'n1', level: 'warn', body: 'Disk at 90%' };

it.each([
  [{}, {}, true],
  [{ level: 'warn' }, {}, true],
  [{ level: 'error' }, {}, false],
  [{ level: 'trace' }, { level: null }, false],
  [{ node: 'n1' }, {}, true],
  [{ node: 'N1' }, {}, false],
  [{ node: '' }, { node: '' }, true],
  [{ q: 'DISK' }, {}, true],
  [{ q: 'd%k' }, {}, false],
  [{ q: '0%' }, {}, true],
  [{ level: 'info', node: 'n1', q: 'disk' }, {}, true],
  [{ level: 'info', node: 'n1', q: 'memory' }, {}, false],
] as const)('%o wants %o: %s', (filter, change, expected) => {
  expect(lineMatch(filter)({ ...LINE, ...change })).toBe(expected);
});
