import { BadQuery } from './bad-query.js';

/** An object as Go reads JSON into a structure: names of members whatever their case. */
export type Members = ReadonlyMap<string, unknown>;

const BLANK = new Set([' ', '\t', '\r', '\n']);

/**
 * The first JSON value of a body, which must be an object: what follows it is ignored, as Go's decoder does. Throws
 * `BadQuery`.
 */
export function firstObject(body: Buffer): Members {
  const text = body.toString('utf8');
  let start = 0;
  while (BLANK.has(text.charAt(start))) start += 1;
  if (start === text.length) throw unparsable('EOF');
  try {
    return membersOf(JSON.parse(text.slice(start, endOfObject(text, start))), 'the body');
  } catch (error) {
    if (error instanceof BadQuery) throw error;
    throw unparsable(error instanceof Error ? error.message : String(error), error);
  }
}

/** The members of a value by their names in lower case; of two that differ in case only the last counts. */
export function membersOf(value: unknown, what: string): Members {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw unparsable(`${what} is no object`);
  return new Map(Object.entries(value).map(([name, member]) => [name.toLowerCase(), member]));
}

export const unparsable = (reason: string, cause?: unknown): BadQuery =>
  new BadQuery(`failed to parse API request: ${reason}`, { cause });

/** Where the object that begins at `start` ends; the text's end when it does not, or none begins there. */
function endOfObject(text: string, start: number): number {
  if (text.charAt(start) !== '{') return text.length;
  let [depth, isQuoted] = [0, false];
  for (let at = start; at < text.length; at += 1) {
    const character = text.charAt(at);
    if (isQuoted) {
      if (character === '\\') at += 1;
      else if (character === '"') isQuoted = false;
    } else if (character === '"') isQuoted = true;
    else if (character === '{') depth += 1;
    else if (character === '}' && (depth -= 1) === 0) return at + 1;
  }
  return text.length;
}
