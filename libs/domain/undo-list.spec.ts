import { expect, it } from 'vitest';
import { UndoList } from './undo-list.js';

it('ends in reverse order, every step once, and throws the first failure when all is done', async () => {
  const undo = new UndoList();
  const done: string[] = [];
  undo.push(async () => done.push('database'));
  undo.push(async () => {
    done.push('queues');
    throw new Error('the queues are away');
  });
  undo.push(async () => done.push('application'));
  await expect(undo.run()).rejects.toThrow('the queues are away');
  expect(done).toEqual(['application', 'queues', 'database']);
  await undo.run();
  expect(done).toHaveLength(3);
});
