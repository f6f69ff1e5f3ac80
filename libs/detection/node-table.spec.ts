import { expect, it } from 'vitest';
import { sortedAndShort, tableOf } from './node-table.js';
import { clusterLook } from './testing/looks.js';

const names = (count: number): string[] => Array.from({ length: count }, (_, index) => `n${index + 10}`);

it('lists up to twelve items, sorted, and of more how many there are', () => {
  expect(sortedAndShort(['b', 'c', 'a'])).toEqual(['a', 'b', 'c']);
  expect(sortedAndShort(names(12))).toEqual(names(12));
  expect(sortedAndShort(names(15))).toEqual([...names(12), 'and 3 more']);
});

it('has a line of each node, in whatever order they come', () => {
  const look = clusterLook(0, { n2: {}, n1: {} });
  expect(tableOf(look, ({ node }) => `${node.address} leads`)).toEqual([
    '• https://n1.example.com:2113 leads',
    '• https://n2.example.com:2113 leads',
  ]);
});
