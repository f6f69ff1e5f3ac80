import { constants, gunzipSync, gzipSync } from 'node:zlib';

/** Text on its way into a body, used again and again: new ones for each batch would pile up until they are collected. */
let scratch = Buffer.allocUnsafe(2_097_152);

/**
 * Lines of line protocol as a body. As fast as it goes: the machine is there for its database. Not in a thread of its
 * own: it takes some milliseconds, and each thread would keep memory for itself.
 */
export function bodyOf(lines: readonly string[]): Buffer {
  const text = lines.join('');
  const maxBytes = text.length * 3;
  if (scratch.length < maxBytes && scratch.length < Buffer.byteLength(text))
    scratch = Buffer.allocUnsafe(Buffer.byteLength(text));
  return gzipSync(scratch.subarray(0, scratch.write(text)), { level: constants.Z_BEST_SPEED });
}

/** The lines of a body, each with its line feed. */
export const linesOf = (body: Buffer): readonly string[] =>
  gunzipSync(body)
    .toString('utf8')
    .split(/(?<=\n)/);
