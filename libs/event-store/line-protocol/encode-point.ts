import type { FieldValue } from './point.js';

/** A point to be sent. */
export interface NewPoint {
  readonly name: string;
  readonly tags: Readonly<Record<string, string>>;
  /** At least one. A `bigint` is sent as a whole number, a `number` as a float. */
  readonly fields: Readonly<Record<string, FieldValue>>;
  /** In milliseconds since 1970; the receiver's clock counts when it is absent. */
  readonly timeMs?: number;
}

// oxlint-disable-next-line eslint/no-control-regex
const UNFIT = /[\0-\x1f\x7f]|\\$|^$/;

/**
 * A point as a line that ends with a line feed, its time in nanoseconds. A tag with an empty value is left out. Throws a
 * `RangeError` for what line protocol cannot carry: control characters, and a backslash at the end, in names, keys and
 * tags; a name that begins like a comment; a number that is not finite; no field.
 */
export function encodePoint({ name, tags, fields, timeMs }: NewPoint): string {
  if (name.startsWith('#')) throw new RangeError('A name cannot begin with #');
  let head = fit(name).replaceAll(/[, ]/g, '\\$&');
  for (const [key, value] of Object.entries(tags))
    if (value !== '') head += `,${escapedKey(key)}=${escapedKey(value)}`;
  const values = Object.entries(fields).map(([key, value]) => `${escapedKey(key)}=${encodeValue(value)}`);
  if (values.length === 0) throw new RangeError('A point has a field');
  const time = timeMs === undefined ? '' : ` ${BigInt(Math.floor(timeMs)) * 1_000_000n}`;
  return `${head} ${values.join(',')}${time}\n`;
}

function encodeValue(value: FieldValue): string {
  switch (typeof value) {
    case 'string':
      return `"${value.replaceAll(/[\\"]/g, '\\$&')}"`;
    case 'bigint':
      return `${value}i`;
    case 'boolean':
      return String(value);
    default:
      if (!Number.isFinite(value)) throw new RangeError('A number is finite');
      return String(value);
  }
}

const escapedKey = (text: string): string => fit(text).replaceAll(/[,= ]/g, '\\$&');

function fit(text: string): string {
  if (UNFIT.test(text)) throw new RangeError(`Line protocol cannot carry ${JSON.stringify(text)}`);
  return text;
}
