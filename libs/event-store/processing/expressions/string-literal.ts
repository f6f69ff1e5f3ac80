const ESCAPED: ReadonlyMap<string, string> = new Map([
  ['a', '\u0007'],
  ['b', '\b'],
  ['f', '\f'],
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
  ['v', '\v'],
  ['\\', '\\'],
  ["'", "'"],
  ['"', '"'],
  ['`', '`'],
]);
/** How many digits follow `\x`, `\u` and `\U`. */
const HEX_DIGITS: ReadonlyMap<string, number> = new Map([
  ['x', 2],
  ['u', 4],
  ['U', 8],
]);

/** A text between quotes, read from `start`, where its first quote is. */
export interface StringLiteral {
  readonly value: string;
  /** Behind its last quote. */
  readonly end: number;
}

/** Where a text between quotes cannot be read, and why. */
export interface Unreadable {
  readonly at: number;
  readonly problem: string;
}

/** Reads a text as expr-lang writes it: between `"` or `'` with escapes, or between backticks as it stands. */
export function readStringLiteral(text: string, start: number): StringLiteral | Unreadable {
  const quote = text.charAt(start);
  let value = '';
  let at = start + 1;
  while (at < text.length) {
    const character = text.charAt(at);
    if (character === quote) return { value, end: at + 1 };
    if (character === '\\' && quote !== '`') {
      const escape = readEscape(text, at + 1);
      if (escape === undefined) return { at, problem: 'there is no such escape in a text' };
      value += escape.value;
      at = escape.end;
    } else {
      value += character;
      at += 1;
    }
  }
  return { at: start, problem: 'the text has no closing quote' };
}

function readEscape(text: string, at: number): StringLiteral | undefined {
  const letter = text.charAt(at);
  const simple = ESCAPED.get(letter);
  if (simple !== undefined) return { value: simple, end: at + 1 };
  const digitCount = HEX_DIGITS.get(letter);
  if (digitCount === undefined) return undefined;
  const end = at + 1 + digitCount;
  const digits = text.slice(at + 1, end);
  const code = Number.parseInt(digits, 16);
  if (digits.length < digitCount || !/^[\da-f]+$/iu.test(digits) || code > 0x10_ffff) return undefined;
  return { value: String.fromCodePoint(code), end };
}
