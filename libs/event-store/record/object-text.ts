import type { FieldValue } from '../line-protocol/index.js';

/** The text of a JSON object. Member by member: an object would sort keys that are numbers to the front and take `__proto__` amiss. */
export function objectText(members: readonly (readonly [string, FieldValue])[]): string {
  const texts = members.map(
    // JSON has no whole numbers beyond what a double holds that others would read.
    ([key, value]) =>
      `${JSON.stringify(key)}:${JSON.stringify(typeof value === 'bigint' ? String(value) : value)}`,
  );
  return `{${texts.join(',')}}`;
}
