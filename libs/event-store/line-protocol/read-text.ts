import { BACKSLASH, CLOSING_BRACE, LINE_FEED, OPENING_BRACE, QUOTE } from './characters.js';
import { Endless } from './line-protocol-error.js';

const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['"', '"'],
  ['\\', '\\'],
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
]);

/** Where the text that begins after the quote at `start` ends: the place of its closing quote. */
export function endOfQuoted(text: string, start: number): number {
  const quote = closingQuote(text, start);
  if (quote === -1) throw new Endless(start, 'a quoted text does not end');
  return quote;
}

/** -1 when there is none. */
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

/** What a JSON string does not have, or has with another meaning. */
// oxlint-disable-next-line eslint/no-control-regex
const UNLIKE_JSON = /\\[^"\\nrt]|[\0-\x1f]/;

/** What is between the quotes, without its backslashes: `\"`, `\\`, `\n`, `\r` and `\t`. Any other backslash stays. */
export function unescapedText(text: string): string {
  if (!text.includes('\\')) return text;
  // Four times as fast as replacing them one by one, and logs are full of them.
  if (!UNLIKE_JSON.test(text)) return JSON.parse(`"${text}"`) as string;
  return text.replaceAll(/\\(["\\nrt])/g, (_match, escaped: string) => ESCAPES.get(escaped) ?? escaped);
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
