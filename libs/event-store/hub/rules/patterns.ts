import { RE2JS } from 're2js';

/** Of a longer text only the beginning is searched by a pattern. */
const MAX_SEARCHED_CHARACTERS = 4_000;
/** Steps that one character of a text costs at the most; a pattern of 200 characters can be made to cost 2,000. */
const MAX_PATTERN_SIZE = 500;
/** Patterns that are kept ready: those of some hundred projects. */
const MAX_KEPT = 2_000;
const kept = new Map<string, RE2JS>();

/** Why a text is no pattern; undefined when it is one. */
export function patternProblem(text: string): string | undefined {
  try {
    return RE2JS.compile(text).programSize() > MAX_PATTERN_SIZE
      ? 'is a pattern that costs too much: repeat less'
      : undefined;
  } catch {
    return 'is no regular expression of RE2';
  }
}

/** Whether a pattern is found in a text, in time that grows with the text's length and no faster. */
export function isFound(pattern: string, text: string): boolean {
  const compiled = kept.get(pattern) ?? RE2JS.compile(pattern);
  kept.delete(pattern);
  kept.set(pattern, compiled);
  const [longestUnused] = kept.keys();
  if (kept.size > MAX_KEPT) kept.delete(longestUnused!);
  return compiled.test(text.slice(0, MAX_SEARCHED_CHARACTERS));
}
