import { expect, it } from 'vitest';
import { parseLogListing, unreadFiles } from './log-listing.js';
import { UnreadableAnswer } from './unreadable-answer.js';

const listed = (...files: readonly (readonly [name: string, size: number])[]) =>
  parseLogListing(JSON.stringify(files.map(([name, size]) => ({ name, size }))));
const unread = (files: ReturnType<typeof listed>, positions: Readonly<Record<string, number>>): string[] =>
  unreadFiles(
    files,
    Object.entries(positions).map(([file, offset]) => ({ file, offset })),
  ).map(({ name, before, from, isFinished }) => `${name} ${before} ${from}${isFinished ? ' finished' : ''}`);

it('takes the main files of a list, oldest first, with or without the members that the docs leave out', () => {
  const docs = [
    { name: 'log-stats20240205.json', lastModified: '2024-02-05T13:14:14.2789475+00:00', size: 1_058_614 },
    { name: 'log20240205.json', lastModified: '2024-02-05T13:14:37.0781601+00:00', size: 158_542 },
  ];
  expect(parseLogListing(JSON.stringify(docs)).map(({ name, size }) => [name, size])).toEqual([
    ['log20240205.json', 158_542],
  ]);
  const names = [
    'log-err20260102.json',
    '../log20260102.json',
    'log20260102_001.json',
    'log20260102.json',
    'log20260101.json',
  ];
  expect(listed(...names.map((name) => [name, 1] as const)).map(({ name }) => name)).toEqual([
    'log20260101.json',
    'log20260102.json',
    'log20260102_001.json',
  ]);
});

it.each([
  '{}',
  '[{"name":"log20260101.json"}]',
  '[{"name":"log20260101.json","size":-1}]',
  '<html>',
  '[{"name":1,"size":1}]',
])('refuses %s', (body) => expect(() => parseLogListing(body)).toThrow(UnreadableAnswer));

it('reads on where it was, then what follows, and nothing older', () => {
  const files = listed(
    ['log20260101.json', 10],
    ['log20260102.json', 20],
    ['log20260103.json', 30],
    ['log20260103_001.json', 5],
  );
  expect(unread(files, {})).toEqual([]);
  expect(unread(files, { 'log20260102.json': 12 })).toEqual([
    'log20260102.json 12 12 finished',
    'log20260103.json null 0 finished',
    'log20260103_001.json null 0',
  ]);
  expect(unread(files, { 'log20260102.json': 20, 'log20260103_001.json': 5 })).toEqual([]);
});

it('begins anew in a file that has become shorter, also when it is empty', () => {
  expect(unread(listed(['log20260101.json', 10]), { 'log20260101.json': 12 })).toEqual([
    'log20260101.json 12 0',
  ]);
  expect(unread(listed(['log20260101.json', 0]), { 'log20260101.json': 12 })).toEqual([
    'log20260101.json 12 0',
  ]);
});

it('goes on in the files that follow when the one it was in is gone', () => {
  expect(unread(listed(['log20260105.json', 3]), { 'log20260101.json': 12 })).toEqual([
    'log20260105.json null 0',
  ]);
});
