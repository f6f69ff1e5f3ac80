import { numberOf, textOf, valueAt } from './event-values.js';
import type { Condition } from './event-rule.schema.js';
import type { JudgedEvent } from './judged-event.js';
import { isFound } from './patterns.js';

/** Of a longer text `contains` sees only the beginning: some texts take as many steps as both lengths multiplied. */
export const MAX_SEEN_CHARACTERS = 65_536;

/** What a condition looks at. */
export function lookedAt(event: JudgedEvent, { path, tag, field }: Condition): unknown {
  if (path !== undefined) return valueAt(event.json(), path);
  return tag === undefined ? event.fields.get(field!) : event.tags.get(tag);
}

/** Whether a condition holds for a value. What is absent fulfils none, but `exists` with the value false. */
export function holds({ op, value }: Condition, actual: unknown): boolean {
  if (op === 'exists') return (actual !== undefined) === (value !== false);
  if (actual === undefined) return false;
  switch (op) {
    case 'equals':
      return isSame(actual, value);
    case 'notEquals':
      return !isSame(actual, value);
    case 'contains':
      return contains(actual, value);
    case 'matches':
      return isFoundIn(actual, String(value));
    case 'greater':
      return compared(actual, value) > 0;
    case 'less':
      return compared(actual, value) < 0;
  }
}

/** As text, because tags are nothing else: `0` is the same as `"0"`. */
const isSame = (actual: unknown, wanted: unknown): boolean =>
  wanted === null || actual === null ? actual === wanted : textOf(actual) === textOf(wanted);

function contains(actual: unknown, wanted: unknown): boolean {
  if (Array.isArray(actual)) return actual.some((member) => isSame(member, wanted));
  return textOf(actual)?.slice(0, MAX_SEEN_CHARACTERS).includes(String(wanted)) ?? false;
}

/** Positive when the actual number is the greater one; NaN when one of them is none. */
const compared = (actual: unknown, wanted: unknown): number =>
  (numberOf(actual) ?? Number.NaN) - (numberOf(wanted) ?? Number.NaN);

function isFoundIn(actual: unknown, pattern: string): boolean {
  const text = textOf(actual);
  return text !== undefined && isFound(pattern, text);
}
