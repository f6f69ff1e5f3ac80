import { isUtf8 } from 'node:buffer';
import { Endless, LineProtocolError, Unreadable } from './line-protocol-error.js';
import { LineReader } from './line-reader.js';
import type { Objection, ParseOptions } from './parse-lines.js';
import type { Point } from './point.js';

/** Errors of a body that are told with their place; the others are only counted. */
const MAX_TOLD = 20;
/** After so many texts that do not end the rest of a body is given up: to find each takes time with its length. */
const MAX_ENDLESS = 20;
const LINE_FEED = 10;

/** What could not be read of a body. */
export interface UnreadableLines {
  readonly count: number;
  /** The first of them. */
  readonly errors: readonly LineProtocolError[];
}

/**
 * As `forEachPoint`, for senders who cannot be answered: a line that cannot be read, or that `visit` objects to, is left
 * out, and what follows it is read. Within a text in quotes that does not end it goes on with the next line.
 */
export function forEachReadablePoint(
  body: Buffer,
  { nowMs }: ParseOptions,
  visit: (point: Point) => Objection,
): UnreadableLines {
  const errors: LineProtocolError[] = [];
  let count = 0;
  const note = (part: Buffer, firstLine: number, text: string, error: Unreadable): void => {
    count += 1;
    if (errors.length === MAX_TOLD) return;
    const { line, column, reason } = LineProtocolError.at(
      part,
      Buffer.byteLength(text.slice(0, error.at)),
      error.reason,
    );
    errors.push(new LineProtocolError(line + firstLine, column, reason));
  };
  for (const { part, firstLine } of partsOf(body)) {
    const text = part.toString('utf8');
    if (!isUtf8(part)) note(part, firstLine, '', new Unreadable(0, 'the text is not UTF-8'));
    else readPart(text, nowMs, visit, (error) => note(part, firstLine, text, error));
  }
  return { count, errors };
}

function readPart(
  text: string,
  nowMs: number,
  visit: (point: Point) => Objection,
  note: (error: Unreadable) => void,
): void {
  const reader = new LineReader(text, nowMs);
  let endless = 0;
  for (let start = reader.next(); start !== undefined; start = reader.next()) {
    try {
      const objection = visit(reader.read());
      if (objection !== undefined) note(new Unreadable(start, objection));
    } catch (error) {
      if (!(error instanceof Unreadable)) throw error;
      note(error);
      if (error instanceof Endless && (endless += 1) === MAX_ENDLESS) return;
      reader.skipLine(error.at);
    }
  }
}

/** The whole body, or where it is not all UTF-8 its lines one by one. */
function* partsOf(body: Buffer): Generator<{ readonly part: Buffer; readonly firstLine: number }> {
  if (isUtf8(body)) return yield { part: body, firstLine: 0 };
  let firstLine = 0;
  for (let start = 0; start < body.length; firstLine += 1) {
    const feed = body.indexOf(LINE_FEED, start);
    const end = feed === -1 ? body.length : feed;
    yield { part: body.subarray(start, end), firstLine };
    start = end + 1;
  }
}
