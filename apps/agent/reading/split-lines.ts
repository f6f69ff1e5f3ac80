/** Longer lines are cut here: a stack trace has room, and what is longer no sink would take. */
export const MAX_LINE_BYTES = 262_144;
export const CUT_MARK = '…';

const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;

export interface SplitOptions {
  /** Whether the chunk begins within a line that was cut: its rest is passed over. */
  readonly isInside: boolean;
  /** Whether nothing follows the chunk, and never will: then its last line needs no line feed. */
  readonly isLast: boolean;
  readonly maxLines: number;
  /** No further line is taken once those taken hold as much. */
  readonly maxBytes: number;
  /** Default `MAX_LINE_BYTES`. */
  readonly maxLineBytes?: number;
}

export interface SplitLines {
  /** Without line ends; blank ones are left out. */
  readonly lines: readonly string[];
  readonly cutLines: number;
  /** How many bytes of the chunk are done with. */
  readonly consumed: number;
  readonly isInside: boolean;
}

/**
 * The lines that are complete in a chunk, decoded; bytes that are no UTF-8, and NULs as a power cut leaves them, become
 * U+FFFD. A line without an end stays unless it is too long already. Chunks must be longer than the longest line.
 */
export function splitLines(chunk: Buffer, options: SplitOptions): SplitLines {
  const { isLast, maxLines, maxBytes, maxLineBytes = MAX_LINE_BYTES } = options;
  const lines: string[] = [];
  let { isInside } = options;
  let cutLines = 0;
  let start = 0;
  let taken = 0;
  while (lines.length < maxLines && taken < maxBytes && start < chunk.length) {
    const feed = chunk.indexOf(LINE_FEED, start);
    const isOverlong = feed < 0 && !isInside && chunk.length - start > maxLineBytes + 1;
    if (feed < 0 && !isLast && !isOverlong && !isInside) break;
    const end = feed < 0 ? chunk.length : feed;
    if (!isInside) {
      const text = textOf(chunk, start, end, maxLineBytes);
      if (text.endsWith(CUT_MARK) && isTooLong(chunk, start, end, maxLineBytes)) cutLines += 1;
      if (text !== '') lines.push(text);
      taken += end - start;
    }
    // Whatever comes next of a line that has no end yet belongs to it.
    isInside = feed < 0 && !isLast;
    start = feed < 0 ? chunk.length : feed + 1;
  }
  return { lines, cutLines, consumed: start, isInside };
}

const contentEnd = (chunk: Buffer, start: number, end: number): number =>
  end > start && chunk[end - 1] === CARRIAGE_RETURN ? end - 1 : end;

const isTooLong = (chunk: Buffer, start: number, end: number, maxLineBytes: number): boolean =>
  contentEnd(chunk, start, end) - start > maxLineBytes;

function textOf(chunk: Buffer, start: number, end: number, maxLineBytes: number): string {
  const isCut = isTooLong(chunk, start, end, maxLineBytes);
  const stop = isCut ? codePointStart(chunk, start + maxLineBytes) : contentEnd(chunk, start, end);
  const text = chunk.toString('utf8', start, stop).replaceAll('\0', '\uFFFD');
  if (isCut) return `${text}${CUT_MARK}`;
  return text.trim() === '' ? '' : text;
}

/** Where the code point begins that `at` is in: at most three bytes before it. */
function codePointStart(chunk: Buffer, at: number): number {
  for (let back = 0; back < 4; back += 1)
    if (((chunk[at - back] ?? 0) & 0b1100_0000) !== 0b1000_0000) return at - back;
  return at;
}
