import { describe, expect, it } from 'vitest';
import { checkPassword, COST, hashPassword, nobodysHash } from './password-hash.js';

const CHEAP = { N: 1_024, r: 8, p: 1 };
const PASSWORD = 'correct horse battery staple';

describe('a password hash', () => {
  it('says how it was made, and is another each time', async () => {
    const hashes = [await hashPassword(PASSWORD, CHEAP), await hashPassword(PASSWORD, CHEAP)];
    for (const hash of hashes) expect(hash).toMatch(/^scrypt\$1024\$8\$1\$[\w-]{22}\$[\w-]{43}$/);
    expect(hashes[0]).not.toBe(hashes[1]);
  });

  it('fits its password only', async () => {
    const hash = await hashPassword(PASSWORD, CHEAP);
    expect(await checkPassword(PASSWORD, hash)).toEqual({ fits: true, isOutdated: true });
    for (const other of ['', PASSWORD.toUpperCase(), `${PASSWORD} `])
      expect((await checkPassword(other, hash)).fits).toBe(false);
  });

  it('costs what is asked for today, and is up to date then', async () => {
    const hash = await hashPassword(PASSWORD);
    expect(hash).toMatch(/^scrypt\$32768\$8\$3\$/);
    expect(await checkPassword(PASSWORD, hash)).toEqual({ fits: true, isOutdated: false });
  });

  it.each([{ N: 1_024 }, { r: 4 }, { p: 1 }])('of another cost (%j) is to be made again', async (other) => {
    const hash = await hashPassword(PASSWORD, { ...COST, ...other });
    expect(await checkPassword(PASSWORD, hash)).toEqual({ fits: true, isOutdated: true });
  });

  it('fits the longest password that may be chosen, however its letters are composed', async () => {
    const longest = '\u1f82'.repeat(256);
    const hash = await hashPassword(longest, CHEAP);
    expect(longest.normalize('NFD')).toHaveLength(1_024);
    expect((await checkPassword(longest.normalize('NFD'), hash, CHEAP)).fits).toBe(true);
  });

  it('fits none that is longer, not even that of nothing, and is not made of it', async () => {
    const tooLong = 'a'.repeat(1_025);
    expect((await checkPassword(tooLong, await hashPassword('', CHEAP), CHEAP)).fits).toBe(false);
    await expect(hashPassword(tooLong, CHEAP)).rejects.toThrow(RangeError);
  });

  it('keeps nobody waiting while an endless one is looked at', async () => {
    const hash = await hashPassword(PASSWORD, CHEAP);
    const endless = `a${'\u0315'.repeat(100_000)}${'\u0316'.repeat(100_000)}`;
    const start = performance.now();
    const checked = checkPassword(endless, hash, CHEAP);
    expect(performance.now() - start).toBeLessThan(1_000);
    expect((await checked).fits).toBe(false);
  });

  it('can be of higher cost than today', async () => {
    const hash = await hashPassword(PASSWORD, { ...COST, N: 2 * COST.N, p: 1 });
    expect((await checkPassword(PASSWORD, hash)).fits).toBe(true);
  });

  it('of nobody costs as much and fits nothing', async () => {
    expect(nobodysHash()).toMatch(/^scrypt\$32768\$8\$3\$/);
    expect(await checkPassword(PASSWORD, nobodysHash())).toEqual({ fits: false, isOutdated: false });
    expect(await checkPassword(PASSWORD, nobodysHash(CHEAP), CHEAP)).toEqual({
      fits: false,
      isOutdated: false,
    });
  });

  it.each(['', 'scrypt$1024$8$1$salt', 'bcrypt$1024$8$1$AAAA$AAAA', 'scrypt$x$8$1$AAAA$AAAA'])(
    'that is damaged (%j) is told as such, without its content',
    async (hash) => {
      await expect(checkPassword(PASSWORD, hash)).rejects.toThrow('A stored password hash is damaged');
    },
  );
});
