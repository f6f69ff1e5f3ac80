import { BACKSLASH, CLOSING_BRACE, LINE_FEED, OPENING_BRACE, QUOTE, SPACE } from './characters.js';
import { Endless } from './line-protocol-error.js';

const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['"', '"'],
  ['\\', '\\'],
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
]);
const LETTERS: ReadonlySet<number> = new Set([...ESCAPES.keys()].map((letter) => letter.charCodeAt(0)));

/** Reads texts in quotes, one after the other. */
export class QuotedReader {
  /** The place behind the closing quote of the text that was read last. */
  end = 0;

  /**
   * The text that begins with the quote at `start`, without its backslashes: `\"`, `\\`, `\n`, `\r` and `\t`. Any other
   * backslash stays. Throws `Endless`.
   */
  read(text: string, start: number): string {
    const quote = text.indexOf('"', start + 1);
    if (quote === -1) throw new Endless(start, NO_END);
    const value = text.slice(start + 1, quote);
    const backslash = value.indexOf('\\');
    if (backslash !== -1) return this.readEscaped(text, start, start + 1 + backslash);
    this.end = quote + 1;
    return value;
  }

  private readEscaped(text: string, start: number, backslash: number): string {
    let isJson = true;
    let at = backslash;
    for (; ; at += 1) {
      const code = text.charCodeAt(at);
      if (code === BACKSLASH) {
        at += 1;
        isJson &&= LETTERS.has(text.charCodeAt(at));
      } else if (code === QUOTE) break;
      else if (code < SPACE) isJson = false;
      else if (Number.isNaN(code)) throw new Endless(start, NO_END);
    }
    this.end = at + 1;
    // Several times as fast as replacing them one by one, and logs are full of them.
    if (isJson && !CONTROL.test(text.slice(start, backslash)))
      return JSON.parse(text.slice(start, at + 1)) as string;
    return text
      .slice(start + 1, at)
      .replaceAll(/\\(["\\nrt])/g, (_match, escaped: string) => ESCAPES.get(escaped) ?? escaped);
  }
}

const NO_END = 'a quoted text does not end';
// oxlint-disable-next-line eslint/no-control-regex
const CONTROL = /[\0-\x1f]/;

/** Where the closing quote is of a text that begins with a quote; -1 when there is none. */
function closingQuote(text: string, start: number): number {
  let quote = text.indexOf('"', start + 1);
  while (quote !== -1 && isEscaped(text, quote, start)) quote = text.indexOf('"', quote + 1);
  return quote;
}

/** Whether an odd number of backslashes stands before it. */
function isEscaped(text: string, at: number, start: number): boolean {
  let first = at;
  while (first - 1 > start && text.charCodeAt(first - 1) === BACKSLASH) first -= 1;
  return (at - first) % 2 === 1;
}

/** Where the JSON object that begins at `start` ends: the place after its closing brace. It does not reach over a line. */
export function endOfBareObject(text: string, start: number): number {
  let depth = 0;
  for (let at = start; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === LINE_FEED) break;
    if (code === QUOTE) {
      at = closingQuote(text, at);
      if (at === -1) break;
    } else if (code === OPENING_BRACE) depth += 1;
    else if (code === CLOSING_BRACE) {
      depth -= 1;
      if (depth === 0) return at + 1;
    }
  }
  throw new Endless(start, 'an object does not end');
}
