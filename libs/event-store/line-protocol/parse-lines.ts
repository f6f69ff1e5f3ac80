import { isUtf8 } from 'node:buffer';
import { LineProtocolError, Unreadable } from './line-protocol-error.js';
import { LineReader } from './line-reader.js';
import type { Point } from './point.js';

export interface ParseOptions {
  /** The time of lines that have none, or one that cannot be right: before 2000, or more than a day ahead of this. */
  readonly nowMs: number;
}

/** A reason to refuse the point, and with it the body; or nothing. */
export type Objection = string | undefined;

/**
 * Calls `visit` with each point of a body of line protocol, in their order, as soon as it is read. Throws a
 * `LineProtocolError` for the first line that cannot be read or that `visit` objects to; what came before it was visited.
 *
 * Strings of points may be parts of one string as long as the body: whoever keeps a few of them for long copies them.
 */
export function forEachPoint(
  body: Buffer,
  { nowMs }: ParseOptions,
  visit: (point: Point) => Objection,
): void {
  if (!isUtf8(body)) throw LineProtocolError.at(body, endOfUtf8(body), 'the text is not UTF-8');
  const text = body.toString('utf8');
  const reader = new LineReader(text, nowMs);
  try {
    for (let start = reader.next(); start !== undefined; start = reader.next()) {
      const objection = visit(reader.read());
      if (objection !== undefined) throw new Unreadable(start, objection);
    }
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    throw placed(body, text, error);
  }
}

const placed = (body: Buffer, text: string, { at, reason }: Unreadable): LineProtocolError =>
  LineProtocolError.at(body, Buffer.byteLength(text.slice(0, at)), reason);

/** All points of a body. Throws a `LineProtocolError` when there is any that cannot be read. */
export function parseLines(body: Buffer, options: ParseOptions): Point[] {
  const points: Point[] = [];
  forEachPoint(body, options, (point) => {
    points.push(point);
    return undefined;
  });
  return points;
}

/** How many bytes from the start are UTF-8, by halving. */
function endOfUtf8(body: Buffer): number {
  let [good, bad] = [0, body.length];
  while (bad - good > 1) {
    const middle = (good + bad) >>> 1;
    if (mayGoOn(body.subarray(0, middle))) good = middle;
    else bad = middle;
  }
  while (!isUtf8(body.subarray(0, good))) good -= 1;
  return good;
}

/** Whether it is UTF-8, as far as it goes: its last letter may be cut. */
function mayGoOn(start: Uint8Array): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(start, { stream: true });
    return true;
  } catch {
    return false;
  }
}
