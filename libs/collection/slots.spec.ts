import { expect, it } from 'vitest';
import { Slots } from './slots.js';

it('lets so many at once, the others in their order, and goes on after a failure', async () => {
  const slots = new Slots(2, 60_000);
  const [begun, ends]: [number[], ((failure?: Error) => void)[]] = [[], []];
  const works = [0, 1, 2, 3].map((id) =>
    slots.use(async () => {
      begun.push(id);
      await new Promise<void>((resolve, reject) => {
        ends[id] = (failure) => (failure ? reject(failure) : resolve());
      });
      return id;
    }),
  );
  await Promise.resolve();
  expect(begun).toEqual([0, 1]);
  ends[1]?.(new Error('the work failed'));
  await expect(works[1]).rejects.toThrow('the work failed');
  expect(begun).toEqual([0, 1, 2]);
  ends[0]?.();
  expect(await works[0]).toBe(0);
  await new Promise(setImmediate);
  expect(begun).toEqual([0, 1, 2, 3]);
  ends[2]?.();
  ends[3]?.();
  expect(await Promise.all([works[2], works[3]])).toEqual([2, 3]);
  expect(await slots.use(async () => 'free again')).toBe('free again');
});

it('goes on with the next when somebody is slow, and counts that slot once', async () => {
  const slots = new Slots(1, 10);
  let end = (): void => undefined;
  const slow = slots.use(() => new Promise<void>((resolve) => (end = resolve)));
  expect(await slots.use(async () => 'the second')).toBe('the second');
  end();
  await slow;
  let [running, most] = [0, 0];
  const work = async (): Promise<void> => {
    most = Math.max(most, ++running);
    await Promise.resolve();
    running -= 1;
  };
  await Promise.all([slots.use(work), slots.use(work), slots.use(work)]);
  expect(most).toBe(1);
});
