import { randomBytes, scrypt, timingSafeEqual, type ScryptOptions } from 'node:crypto';
import { promisify } from 'node:util';
import { MAX_PASSWORD_CHARACTERS } from './password-rules.js';

/**
 * What a hash costs: 32 MiB, and about a fifth of a second. Parameters of RFC 7914; the third of the choices that OWASP
 * holds for equal (as listed at https://pub.dev/documentation/cipherlib/latest/hashlib/ScryptSecurity, 2026-11-20).
 */
export const COST = { N: 2 ** 15, r: 8, p: 3 } as const;
/**
 * In UTF-16 units. What was allowed as a new password has half of them at most, and may be typed with its accents apart.
 * To normalize takes time by the square of the length: 400 kB of combining marks took twelve seconds.
 */
const MAX_UNITS = 4 * MAX_PASSWORD_CHARACTERS;
const KEY_BYTES = 32;
const SALT_BYTES = 16;
const ENCODED = /^scrypt\$(\d+)\$(\d+)\$(\d+)\$([\w-]+)\$([\w-]+)$/;

const derive = promisify<string, Buffer, number, ScryptOptions, Buffer>(scrypt);

/** Parameters of scrypt. */
export interface Cost {
  readonly N: number;
  readonly r: number;
  readonly p: number;
}

const isTooLong = (password: string): boolean => password.length > MAX_UNITS;

/** The same letters may be typed as different code points: they are one password. One that is too long costs as much. */
function keyOf(password: string, salt: Buffer, { N, r, p }: Cost): Promise<Buffer> {
  const letters = isTooLong(password) ? '' : password.normalize('NFKC');
  return derive(letters, salt, KEY_BYTES, { N, r, p, maxmem: 256 * N * r });
}

/** A password's hash as `scrypt$N$r$p$salt$hash`, salt and hash in base64url. Throws for one that is too long to be right. */
export async function hashPassword(password: string, cost: Cost = COST): Promise<string> {
  if (isTooLong(password)) throw new RangeError('A password that is too long must not get here');
  const salt = randomBytes(SALT_BYTES);
  const hash = await keyOf(password, salt, cost);
  return ['scrypt', cost.N, cost.r, cost.p, salt.toString('base64url'), hash.toString('base64url')].join('$');
}

/** Nobody's hash: checking against it takes as long as against somebody's, and no password fits. */
export const nobodysHash = ({ N, r, p }: Cost = COST): string =>
  `scrypt$${N}$${r}$${p}$${'A'.repeat(22)}$${'A'.repeat(43)}`;

/** What came of checking a password. */
export interface PasswordCheck {
  readonly fits: boolean;
  /** Whether the hash was made with other costs than today's, and is to be made again. */
  readonly isOutdated: boolean;
}

/** Whether a password is the hashed one; one that is too long never is. Throws when `encoded` is no hash of ours. */
export async function checkPassword(
  password: string,
  encoded: string,
  today: Cost = COST,
): Promise<PasswordCheck> {
  const [, N, r, p, salt = '', hash = ''] = ENCODED.exec(encoded) ?? [];
  if (hash === '') throw new Error('A stored password hash is damaged');
  const cost = { N: Number(N), r: Number(r), p: Number(p) };
  const expected = Buffer.from(hash, 'base64url');
  const actual = await keyOf(password, Buffer.from(salt, 'base64url'), cost);
  const isSame = expected.length === actual.length && timingSafeEqual(expected, actual);
  const isOutdated = cost.N !== today.N || cost.r !== today.r || cost.p !== today.p;
  return { fits: isSame && !isTooLong(password), isOutdated };
}
