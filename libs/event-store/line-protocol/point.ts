/** What a line is of: everything before its fields. Points of one body whose lines begin alike share it. */
export interface Series {
  /** Of a metric its name, of an event its class, of a log line the component that wrote it. */
  readonly name: string;
  readonly tags: ReadonlyMap<string, string>;
}

/** A whole number is a `bigint` where a `number` would not hold it exactly. */
export type FieldValue = string | number | bigint | boolean;

/** What one line says. */
export interface Point {
  readonly series: Series;
  /** Never empty. */
  readonly fields: ReadonlyMap<string, FieldValue>;
  /** In milliseconds since 1970: the line's, or when it came in. */
  readonly timeMs: number;
  /** Whether the line has a time that can be right. */
  readonly hasTime: boolean;
}
