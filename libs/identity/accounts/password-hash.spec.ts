import { describe, expect, it } from 'vitest';
import { checkPassword, COST, hashPassword, NOBODYS_HASH } from './password-hash.js';

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

  it('can be of higher cost than today', async () => {
    const hash = await hashPassword(PASSWORD, { ...COST, N: 2 * COST.N, p: 1 });
    expect((await checkPassword(PASSWORD, hash)).fits).toBe(true);
  });

  it('of nobody costs as much and fits nothing', async () => {
    expect(await checkPassword(PASSWORD, NOBODYS_HASH)).toEqual({ fits: false, isOutdated: false });
  });

  it.each(['', 'scrypt$1024$8$1$salt', 'bcrypt$1024$8$1$AAAA$AAAA', 'scrypt$x$8$1$AAAA$AAAA'])(
    'that is damaged (%j) is told as such, without its content',
    async (hash) => {
      await expect(checkPassword(PASSWORD, hash)).rejects.toThrow('A stored password hash is damaged');
    },
  );
});
