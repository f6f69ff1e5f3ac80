import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { RefusalLog } from './refusal-log.js';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function started() {
  const lines: unknown[] = [];
  const logger = { warn: (line: unknown) => void lines.push(line) };
  return { lines, refused: new RefusalLog(logger, { event: 'bodies.refused', receiver: 'r' }) };
}
const line = (fields: object) => ({ event: 'bodies.refused', receiver: 'r', ...fields });

it('warns of the first at once, and a minute later of how many there were since, with the last reason', () => {
  const { lines, refused } = started();
  for (const reason of ['a', 'b', 'c', 'd']) refused.note({ status: 401 }, reason);
  expect(lines).toEqual([line({ status: 401, count: 1, reason: 'a' })]);
  vi.advanceTimersByTime(59_999);
  expect(lines).toHaveLength(1);
  vi.advanceTimersByTime(1);
  expect(lines.slice(1)).toEqual([line({ status: 401, count: 3, reason: 'd' })]);
});

it('counts each status of each route for itself', () => {
  const { lines, refused } = started();
  const kinds = [
    { status: 400, route: 'write' },
    { status: 401, route: 'write' },
    { status: 400, route: 'query' },
  ];
  for (const kind of kinds) refused.note(kind, 'first');
  expect(lines).toEqual(kinds.map((kind) => line({ ...kind, count: 1, reason: 'first' })));
  for (const kind of [...kinds, kinds[0]!]) refused.note(kind, 'later');
  vi.advanceTimersByTime(60_000);
  expect(lines.slice(3)).toEqual(
    kinds.map((kind, index) => line({ ...kind, count: index === 0 ? 2 : 1, reason: 'later' })),
  );
});

it('tells the rest at the end, and keeps no timer', () => {
  const { lines, refused } = started();
  for (const status of [400, 400, 401]) refused.note({ status }, 'x');
  refused.close();
  expect(lines.slice(2)).toEqual([line({ status: 400, count: 1, reason: 'x' })]);
  expect(vi.getTimerCount()).toBe(0);
});
