import { describe, expect, it } from 'vitest';
import { COST, hashPassword } from './password-hash.js';
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

describe('a place in the line', () => {
  const share = (key: string, atOnce: number) => ({ key, atOnce });

  it('is had so many times at once, and by others meanwhile', async () => {
    const { running, work, settle } = controlled();
    const hashing = new PasswordHashing();
    const held = [1, 2].map(() => hashing.holding([share('mallory', 2)], work));
    await expect(hashing.holding([share('mallory', 2)], work)).rejects.toMatchObject({
      status: 429,
      extensions: { error: 'too_many_attempts' },
      headers: { 'retry-after': '2' },
    });
    expect(await hashing.holding([share('ada', 2)], () => Promise.resolve('in'))).toBe('in');
    running[0]?.();
    await settle();
    expect(await hashing.holding([share('mallory', 2)], () => Promise.resolve('in'))).toBe('in');
    running[1]?.();
    await Promise.all(held);
  });

  it('is taken of all that it belongs to, or of none, and given back after a failure, too', async () => {
    const { running, work } = controlled();
    const hashing = new PasswordHashing();
    const both = [share('network', 2), share('mallory', 1)];
    const held = hashing.holding(both, work);
    for (let round = 0; round < 3; round += 1)
      await expect(hashing.holding(both, work)).rejects.toMatchObject({ status: 429 });
    for (let round = 0; round < 3; round += 1) {
      const failing = hashing.holding([share('network', 2)], () => Promise.reject(new Error('no')));
      await expect(failing).rejects.toThrow('no');
    }
    running[0]?.();
    await held;
    expect(await hashing.holding(both, () => Promise.resolve('in'))).toBe('in');
  });
});

describe('what a hash costs', () => {
  it('is the cost of today, unless another is given', async () => {
    expect(new PasswordHashing().cost).toBe(COST);
    const cheap = { N: 2 ** 10, r: 8, p: 1 };
    const hashing = new PasswordHashing(cheap);
    expect(await hashPassword('a password', hashing.cost)).toMatch(/^scrypt\$1024\$8\$1\$/);
  });
});
