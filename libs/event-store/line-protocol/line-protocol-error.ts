const LINE_FEED = 10;

/** A body that is no line protocol. Its message is the one that senders know: `at line 2:14: a field has no value`. */
export class LineProtocolError extends Error {
  constructor(
    /** Counted from 1; a line break within a quoted text counts, too. */
    readonly line: number,
    /** In bytes, from 1. */
    readonly column: number,
    readonly reason: string,
  ) {
    super(`at line ${line}:${column}: ${reason}`);
    this.name = 'LineProtocolError';
  }

  /** At this place of the body, in bytes. */
  static at(body: Uint8Array, offset: number, reason: string): LineProtocolError {
    let line = 1;
    let lineStart = 0;
    for (
      let at = body.indexOf(LINE_FEED);
      at !== -1 && at < offset;
      at = body.indexOf(LINE_FEED, lineStart)
    ) {
      line += 1;
      lineStart = at + 1;
    }
    return new LineProtocolError(line, offset - lineStart + 1, reason);
  }
}

/** What a reader throws: the place is in UTF-16 units of the text that it reads. */
export class Unreadable extends Error {
  constructor(
    readonly at: number,
    readonly reason: string,
  ) {
    // A body may hold half a million of them: where in our code each was found is nearly all that they cost.
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = 0;
    super(reason);
    Error.stackTraceLimit = stackTraceLimit;
    this.name = 'Unreadable';
  }
}

/** That something does not end was found at the end of the text: whoever goes on after it looks at much of it again. */
export class Endless extends Unreadable {}
