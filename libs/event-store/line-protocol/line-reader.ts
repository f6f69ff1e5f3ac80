import {
  BACKSLASH,
  CARRIAGE_RETURN,
  COMMA,
  EQUALS,
  HASH,
  isControl,
  LINE_FEED,
  MINUS,
  NINE,
  OPENING_BRACE,
  QUOTE,
  SPACE,
  ZERO,
} from './characters.js';
import { Unreadable } from './line-protocol-error.js';
import type { FieldValue, Point, Series } from './point.js';
import { readBareValue } from './read-number.js';
import { knownSeries } from './known-series.js';
import { unescapedKey } from './read-series.js';
import { endOfBareObject, QuotedReader } from './read-text.js';
import { isPlausibleTime, timeOfDigits } from './read-time.js';

/** Of one line. Millions of names cost seconds and gigabytes, and say nothing. */
const MAX_FIELDS = 1_000;

/** Reads a text line by line, each character a bounded number of times. */
export class LineReader {
  private at = 0;
  /** The next space and the next line feed, as far as they are known. */
  private space = -1;
  private feed = -1;
  private readonly quoted = new QuotedReader();
  constructor(
    private readonly text: string,
    private readonly nowMs: number,
  ) {}

  /** Where the next point begins; undefined when nothing but blank lines and comments is left. */
  next(): number | undefined {
    const { text } = this;
    for (;;) {
      this.skipSpaces();
      const code = text.charCodeAt(this.at);
      if (Number.isNaN(code)) return undefined;
      if (code === HASH) this.skipComment();
      else if (!this.isAtBreak()) return this.at;
      this.at += 1;
    }
  }

  /** The point that begins here. Throws `Unreadable`. */
  read(): Point {
    const series = this.series();
    const fields = this.fields();
    const timeMs = this.time();
    this.skipSpaces();
    if (this.at < this.text.length && !this.isAtBreak()) this.fail('the line does not end here');
    const hasTime = timeMs !== undefined && isPlausibleTime(timeMs, this.nowMs);
    return { series, fields, timeMs: hasTime ? timeMs : this.nowMs, hasTime };
  }

  /** Goes on behind the line that this place is in. */
  skipLine(place: number): void {
    this.at = place;
    this.skipComment();
  }

  private series(): Series {
    const { text, at: start } = this;
    const end = this.endOfSeries();
    this.at = end;
    const head = text.slice(start, end);
    return knownSeries.get(head) ?? knownSeries.remember(head, start);
  }

  /**
   * The first space without a backslash before it; or behind the line's break, which nothing may hold that begins a line.
   * What was looked for and is still ahead is not looked for again: there may be many lines without a space.
   */
  private endOfSeries(): number {
    const { text, at: start } = this;
    if (this.feed < start) this.feed = indexOrEnd(text, '\n', start);
    if (this.space < start) this.space = indexOrEnd(text, ' ', start);
    let end = this.space;
    while (end < this.feed && text.charCodeAt(end - 1) === BACKSLASH) end = indexOrEnd(text, ' ', end + 1);
    return Math.min(end, this.feed + 1);
  }

  private fields(): ReadonlyMap<string, FieldValue> {
    const fields = new Map<string, FieldValue>();
    this.skipSpaces();
    do {
      const key = this.fieldKey();
      if (fields.size >= MAX_FIELDS) this.fail(`the line has more than ${MAX_FIELDS} fields`);
      fields.set(key, this.fieldValue());
    } while (this.text.charCodeAt(this.at) === COMMA && (this.at += 1));
    return fields;
  }

  private fieldKey(): string {
    const { text, at: start } = this;
    if (start >= text.length || this.isAtBreak()) this.fail('the line has no field');
    let at = start;
    for (; ; at += 1) {
      const code = text.charCodeAt(at);
      if (code === EQUALS) break;
      if (code === BACKSLASH && isEscapable(text.charCodeAt(at + 1))) at += 1;
      else if (code === COMMA || code === SPACE || isControl(code) || Number.isNaN(code))
        throw new Unreadable(at, 'a field has no value');
    }
    if (at === start) this.fail('a field has no key');
    this.at = at + 1;
    return unescapedKey(text.slice(start, at));
  }

  private fieldValue(): FieldValue {
    const { text, at: start } = this;
    switch (text.charCodeAt(start)) {
      case QUOTE: {
        const value = this.quoted.read(text, start);
        this.at = this.quoted.end;
        return value;
      }
      case OPENING_BRACE:
        this.at = endOfBareObject(text, start);
        return text.slice(start, this.at);
      default:
        return this.bareValue();
    }
  }

  private bareValue(): FieldValue {
    const { text, at: start } = this;
    let end = start;
    while (isOfBareValue(text.charCodeAt(end))) end += 1;
    if (end === start) this.fail('a field has no value');
    const value = readBareValue(text.slice(start, end));
    if (value === undefined) this.fail('a value is neither text in quotes, number nor boolean');
    this.at = end;
    return value;
  }

  private time(): number | undefined {
    const { text } = this;
    const end = this.at;
    this.skipSpaces();
    const start = this.at;
    if (start === end) return undefined;
    const isNegative = text.charCodeAt(start) === MINUS;
    const first = isNegative ? start + 1 : start;
    let at = first;
    while (isDigit(text.charCodeAt(at))) at += 1;
    if (at === start) return undefined;
    const time = at === first ? undefined : timeOfDigits(text, first, at);
    if (time === undefined) this.fail('the time is no whole number of 64 bits');
    this.at = at;
    return isNegative ? -time : time;
  }

  private skipSpaces(): void {
    while (this.text.charCodeAt(this.at) === SPACE) this.at += 1;
  }

  /** Goes to the line break that ends the line. */
  private skipComment(): void {
    const end = this.text.indexOf('\n', this.at);
    this.at = end === -1 ? this.text.length : end;
  }

  private isAtBreak(): boolean {
    const code = this.text.charCodeAt(this.at);
    if (code === LINE_FEED) return true;
    if (code !== CARRIAGE_RETURN) return false;
    const next = this.text.charCodeAt(this.at + 1);
    return next === LINE_FEED || Number.isNaN(next);
  }

  private fail(reason: string): never {
    throw new Unreadable(this.at, reason);
  }
}

function indexOrEnd(text: string, character: string, from: number): number {
  const index = text.indexOf(character, from);
  return index === -1 ? text.length : index;
}

const isEscapable = (code: number): boolean => code === SPACE || code === COMMA || code === EQUALS;

const isDigit = (code: number): boolean => code >= ZERO && code <= NINE;

const isOfBareValue = (code: number): boolean => code > SPACE && code !== COMMA && code !== EQUALS;
