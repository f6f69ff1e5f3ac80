import type { NewEntry } from '../domain/index.js';
import { readLogLine } from '../log-files/index.js';

/** Bytes of a file, from the beginning of a line. */
export interface FilePart {
  readonly bytes: Buffer;
  /** Nothing comes after it: what has no line break at its end is a line all the same. */
  readonly isEnd: boolean;
  /** It was cut off where it is full: without any line break it is a piece of a line that is too long, and goes by itself. */
  readonly isFull: boolean;
}

export interface LinesRead {
  readonly entries: readonly NewEntry[];
  /** How many bytes they are. */
  readonly bytes: number;
}

const LINE_BREAK = 0x0a;

/** The complete lines of a part, as entries of that node. A line without a time has that of the one before, or `nowMs`. */
export function linesIn({ bytes, isEnd, isFull }: FilePart, node: string, nowMs: number): LinesRead {
  const complete = bytes.lastIndexOf(LINE_BREAK) + 1;
  const end = isEnd || (complete === 0 && isFull) ? bytes.length : complete;
  const entries: NewEntry[] = [];
  let timeMs = nowMs;
  for (let at = 0; at < end;) {
    const found = bytes.indexOf(LINE_BREAK, at);
    const stop = found === -1 ? end : found;
    const body = textOf(bytes.subarray(at, stop));
    at = stop + 1;
    if (body.trim() === '') continue;
    const line = readLogLine(body);
    timeMs = line.timeMs ?? timeMs;
    entries.push({ timeMs, node, level: line.level, body });
  }
  return { entries, bytes: end };
}

/** Without the carriage return and byte order mark of servers on Windows, and without NUL, which PostgreSQL does not take. */
const textOf = (bytes: Buffer): string =>
  new TextDecoder().decode(bytes).replace(/\r$/, '').replaceAll('\u0000', '\ufffd');
