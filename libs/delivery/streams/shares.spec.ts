import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { Shares } from './shares.js';

/** Work that goes on until it is let go. */
function hanging(shares: Shares, integrationId: string, count: number) {
  const state = { begun: 0, letGo: (): void => undefined };
  const end = new Promise<void>((resolve) => (state.letGo = resolve));
  const all = Array.from({ length: count }, () =>
    shares.run(integrationId, () => {
      state.begun += 1;
      return end;
    }),
  );
  return Object.assign(state, { ended: Promise.all(all) });
}

describe('places for integrations', () => {
  it('go to one that hangs up to a half, and to those that come after it', async () => {
    const shares = new Shares(8);
    const one = hanging(shares, 'one', 20);
    const other = hanging(shares, 'other', 3);
    await turn();
    expect([one.begun, other.begun]).toEqual([4, 3]);
    one.letGo();
    other.letGo();
    await Promise.all([one.ended, other.ended]);
    expect(one.begun).toBe(20);
  });

  it('go to all whose last turn failed up to a half', async () => {
    const shares = new Shares(8);
    const names = ['a', 'b', 'c'];
    for (const name of names) shares.note(name, true);
    const failing = names.map((name) => hanging(shares, name, 4));
    const other = hanging(shares, 'other', 4);
    await turn();
    expect(failing.reduce((sum, { begun }) => sum + begun, 0)).toBe(4);
    expect(other.begun).toBe(4);
    for (const one of [...failing, other]) one.letGo();
    await Promise.all([...failing, other].map(({ ended }) => ended));
    shares.note('a', false);
    const [mended, others] = [hanging(shares, 'a', 4), hanging(shares, 'b', 4)];
    await turn();
    expect([mended.begun, others.begun]).toEqual([4, 4]);
    mended.letGo();
    others.letGo();
    await Promise.all([mended.ended, others.ended]);
  });

  it('are given back by what throws', async () => {
    const shares = new Shares(1);
    for (let count = 0; count < 3; count += 1)
      await expect(shares.run('one', () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    await expect(shares.run('one', () => Promise.resolve('yes'))).resolves.toBe('yes');
  });

  it('have no more than a crowd of one integration before them', async () => {
    const shares = new Shares(8);
    const one = hanging(shares, 'one', 63);
    expect(shares.isCrowded('one')).toBe(false);
    const last = hanging(shares, 'one', 1);
    expect([shares.isCrowded('one'), shares.isCrowded('other')]).toEqual([true, false]);
    one.letGo();
    last.letGo();
    await Promise.all([one.ended, last.ended]);
    expect(shares.isCrowded('one')).toBe(false);
  });
});
