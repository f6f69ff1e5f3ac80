import { BACKSLASH, COMMA, EQUALS, isControl, SPACE } from './characters.js';
import { Unreadable } from './line-protocol-error.js';
import type { Series } from './point.js';

/** As of fields. */
const MAX_TAGS = 1_000;

/**
 * Reads what stands before the fields: `name,tag=value`. A tag with an empty value counts as absent, and a comma after
 * the last tag does no harm: senders write both. Of a tag that stands there twice the last counts.
 * `offset` is where it begins, for the place in errors.
 */
export function readSeries(text: string, offset: number): Series {
  for (let at = 0; at < text.length; at += 1)
    if (isControl(text.charCodeAt(at))) throw new Unreadable(offset + at, controlReason(text, at));
  const nameEnd = endOf(text, 0, COMMA);
  if (nameEnd === 0) throw new Unreadable(offset, 'the name is empty');
  const tags = new Map<string, string>();
  let at = nameEnd;
  while (at < text.length - 1) {
    at += 1;
    const keyEnd = endOf(text, at, EQUALS, COMMA);
    if (keyEnd === at) throw new Unreadable(offset + at, 'a tag has no key');
    if (text.charCodeAt(keyEnd) !== EQUALS) throw new Unreadable(offset + keyEnd, 'a tag has no value');
    const valueEnd = endOf(text, keyEnd + 1, COMMA, EQUALS);
    if (text.charCodeAt(valueEnd) === EQUALS)
      throw new Unreadable(offset + valueEnd, 'an equals sign in a tag needs a backslash');
    const key = unescapedKey(text.slice(at, keyEnd));
    const value = unescapedKey(text.slice(keyEnd + 1, valueEnd));
    if (value === '') tags.delete(key);
    else tags.set(key, value);
    if (tags.size > MAX_TAGS)
      throw new Unreadable(offset + keyEnd, `the line has more than ${MAX_TAGS} tags`);
    at = valueEnd;
  }
  return { name: unescapedName(text.slice(0, nameEnd)), tags };
}

const controlReason = (text: string, at: number): string =>
  text[at] === '\n' || text.startsWith('\r\n', at) ? 'the line has no field' : 'there is a control character';

/** Where the first of these stands from `from` on without a backslash before it; the text's length when nowhere. */
function endOf(text: string, from: number, one: number, other = one): number {
  for (let at = from; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === one || code === other) return at;
    if (code === BACKSLASH && isEscapable(text.charCodeAt(at + 1))) at += 1;
  }
  return text.length;
}

/** An equals sign needs no backslash in a name, but has no other meaning there either. */
const isEscapable = (code: number): boolean => code === SPACE || code === COMMA || code === EQUALS;

const unescapedName = (text: string): string =>
  text.includes('\\') ? text.replaceAll(/\\([, ])/g, '$1') : text;

/** A tag's key or value, or a field's key. */
export const unescapedKey = (text: string): string =>
  text.includes('\\') ? text.replaceAll(/\\([,= ])/g, '$1') : text;
