import { describe, expect, it } from 'vitest';
import { PasswordHashing } from './password-hashing.js';

/** Work that ends when it is told to. */
function controlled() {
  const running: (() => void)[] = [];
  const work = () => new Promise<void>((resolve) => running.push(resolve));
  const settle = () => new Promise<void>((resolve) => setImmediate(resolve));
  return { running, work, settle };
}

describe('the line for hashing', () => {
  it('lets two through at a time, in their order', async () => {
    const { running, work, settle } = controlled();
    const hashing = new PasswordHashing();
    const all = [1, 2, 3, 4].map(() => hashing.inTurn('check', work));
    await settle();
    expect(running).toHaveLength(2);
    running[0]?.();
    await settle();
    expect(running).toHaveLength(3);
    running[1]?.();
    running[2]?.();
    await settle();
    running[3]?.();
    await Promise.all(all);
  });

  it.each([
    ['check', 32],
    ['choice', 5],
  ] as const)(
    'turns a %s away beyond %i, with a 503, and takes others when there is room',
    async (purpose, room) => {
      const { running, work, settle } = controlled();
      const hashing = new PasswordHashing();
      const all = Array.from({ length: room }, () => hashing.inTurn(purpose, work));
      await expect(hashing.inTurn(purpose, work)).rejects.toMatchObject({ status: 503 });
      for (let done = 0; done < room; done += 1) {
        await settle();
        running[done]?.();
      }
      await Promise.all(all);
      expect(await hashing.inTurn(purpose, () => Promise.resolve('again'))).toBe('again');
    },
  );

  it('goes on after work that fails', async () => {
    const hashing = new PasswordHashing();
    for (let round = 0; round < 40; round += 1)
      await expect(hashing.inTurn('check', () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(await hashing.inTurn('check', () => Promise.resolve(1))).toBe(1);
  });
});
