import { expect, it } from 'vitest';
import type { Logger } from '../observability/index.js';
import { oneByOne } from './one-by-one.js';

it('one item that fails is logged, and all others have their turn', async () => {
  const lines: object[] = [];
  const done: number[] = [];
  const logger = { warn: (line: object) => lines.push(line) } as unknown as Logger;
  const work = async (item: number): Promise<void> => {
    if (item === 2) throw new Error('The row makes no sense');
    done.push(item);
    await Promise.resolve();
  };
  await oneByOne([1, 2, 3], work, { logger, event: 'item.not.done', name: (item) => ({ item }) });
  expect(done).toEqual([1, 3]);
  expect(lines).toEqual([{ event: 'item.not.done', item: 2, error: 'Error: The row makes no sense' }]);
});
