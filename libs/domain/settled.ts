/** Which numbers of a sequence, counted from 1, are settled: all up to `position`, and some beyond it. */
export interface Settled {
  readonly position: number;
  /** A bit for each number after `position`, the lowest of each byte first; the very first is never set. Null: none. */
  readonly ahead: Uint8Array | null;
}

const BITS = 8;

export function isSettled({ position, ahead }: Settled, seq: number): boolean {
  if (seq <= position) return true;
  const bit = seq - position - 1;
  return ahead !== null && bit < ahead.length * BITS && (ahead[bit >> 3]! & (1 << (bit & 7))) !== 0;
}

/** How many numbers beyond the position are settled. */
export function countAhead({ ahead }: Settled): number {
  let count = 0;
  for (let byte of ahead ?? []) for (; byte !== 0; byte &= byte - 1) count += 1;
  return count;
}

/** The same with these numbers, in any order; what is settled already stays so. */
export function withSettled(settled: Settled, seqs: readonly number[]): Settled {
  const { position } = settled;
  let highest = position;
  for (const seq of seqs) if (seq > highest) highest = seq;
  const bits = grown(settled, highest);
  for (const seq of seqs) {
    const bit = seq - position - 1;
    if (bit >= 0) bits[bit >> 3]! |= 1 << (bit & 7);
  }
  return shifted(position, bits, leadingOnes(bits));
}

/** The same with everything up to `seq`. */
export function settledUpTo(settled: Settled, seq: number): Settled {
  const { position } = settled;
  if (seq <= position) return settled;
  const bits = grown(settled, seq);
  const moved = shifted(position, bits, seq - position);
  return moved.ahead === null ? moved : shifted(moved.position, moved.ahead, leadingOnes(moved.ahead));
}

function grown({ position, ahead }: Settled, highest: number): Uint8Array {
  const bits = new Uint8Array(Math.max(ahead?.length ?? 0, (highest - position + BITS - 1) >> 3));
  if (ahead) bits.set(ahead);
  return bits;
}

function leadingOnes(bits: Uint8Array): number {
  let bytes = 0;
  while (bytes < bits.length && bits[bytes] === 0xff) bytes += 1;
  let count = bytes * BITS;
  if (bytes < bits.length) for (let byte = bits[bytes]!; (byte & 1) === 1; byte >>= 1) count += 1;
  return count;
}

/** Moves the position on by so many numbers. */
function shifted(position: number, bits: Uint8Array, by: number): Settled {
  const [bytes, rest] = [by >> 3, by & 7];
  const left = bits.subarray(Math.min(bytes, bits.length));
  const moved = new Uint8Array(left.length);
  for (let index = 0; index < left.length; index += 1)
    moved[index] = (left[index]! >> rest) | ((left[index + 1] ?? 0) << (BITS - rest));
  let { length } = moved;
  while (length > 0 && moved[length - 1] === 0) length -= 1;
  return { position: position + by, ahead: length === 0 ? null : moved.subarray(0, length) };
}
