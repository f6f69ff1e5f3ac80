import { randomBytes } from 'node:crypto';

const ALPHABET = '0123456789abcdefghijklmnopqrstuv';
const BYTES = 12;

/** What an id of ours looks like: 20 characters, lower case, no separator (clients split on `:` and `/`). */
export const ID_PATTERN = /^[0-9a-v]{20}$/;

/**
 * A new id in the style of an xid: four bytes of time in seconds, eight random ones, in 20 characters.
 * Ids made in different seconds sort by time; nothing else may be read from them.
 */
export function newId(now: Date = new Date()): string {
  const bytes = randomBytes(BYTES);
  bytes.writeUInt32BE(Math.floor(now.getTime() / 1_000) >>> 0, 0);
  let bits = 0n;
  for (const byte of bytes) bits = (bits << 8n) | BigInt(byte);
  let id = '';
  bits <<= 4n;
  for (let shift = 95n; shift >= 0n; shift -= 5n) id += ALPHABET[Number((bits >> shift) & 31n)];
  return id;
}
