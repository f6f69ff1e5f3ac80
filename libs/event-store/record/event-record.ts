/** What an event store keeps. */
export const RECORD_KINDS = ['event', 'log'] as const;
export type RecordKind = (typeof RECORD_KINDS)[number];

/** An event or a log line before it is stored. */
export interface EventRecord {
  readonly kind: RecordKind;
  readonly cluster: string;
  /** The measurement: class of an event (`job`), component that wrote a log line (`ccb`). */
  readonly name: string;
  /** Empty when nobody said. */
  readonly hostname: string;
  /** `type`, `type-id`, `stype` and `stype-id` of the line; null where it has none. */
  readonly type: string | null;
  readonly typeId: string | null;
  readonly stype: string | null;
  readonly stypeId: string | null;
  /** All other tags but `cluster`, as the text of a JSON object with sorted keys; null when there is none. */
  readonly tags: string | null;
  /** All fields but the payload, as the text of a JSON object; null when there is none. */
  readonly fields: string | null;
  /** In whole milliseconds since 1970. */
  readonly timeMs: number;
  /** Text of the field `event` or `log`, without NUL characters. */
  readonly payload: string;
}

/** As it is stored. */
export interface StoredRecord extends EventRecord {
  /** Grows with each record of a kind in the order in which they were stored; at most 2^53. */
  readonly id: number;
}

/** Between two records of a kind, as they are read: by time, and by id within a time. */
export interface RecordPlace {
  readonly timeMs: number;
  readonly id: number;
}
