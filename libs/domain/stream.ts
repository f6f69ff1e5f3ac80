/** Sources whose data are streams: stored once in order, and delivered from the store. */
export const STREAM_SOURCES = ['logs', 'metrics'] as const;
export type StreamSource = (typeof STREAM_SOURCES)[number];

/** Levels of log lines, mildest first; the database's `Verbose` is `trace`, its `Information` is `info`. */
export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** What can be asked for of an event, or of a log line that says more than its text. */
export interface EntryAbout {
  readonly kind: 'event' | 'log';
  /** Class of the event (`job`), or the component that wrote the line. */
  readonly name: string;
  /** What it is of on its node (`core`) and which one; null where nobody said. */
  readonly type: string | null;
  readonly typeId: string | null;
  readonly stype: string | null;
  readonly stypeId: string | null;
}

/** One line of a log, or one sample of a metric, before it is accepted. */
export interface NewEntry {
  /** When it was written or measured, in milliseconds since 1970. */
  readonly timeMs: number;
  /** Which node it is of: a host name, or `host:port`; empty when nobody said. */
  readonly node: string;
  /** Of a line; null of a sample. */
  readonly level: LogLevel | null;
  /** A line's original text, most often the JSON of a structured event; a sample's `MetricSample` as JSON. */
  readonly body: string;
  /** Absent of a line that is stored as its text alone, and of a sample. It is never delivered. */
  readonly about?: EntryAbout;
}

/** An entry as it is stored. `seq` counts a stream's entries from 1 without a gap, in the order in which they were committed. */
export interface StreamEntry extends NewEntry {
  readonly seq: number;
}

/** Where a metric comes from: the database itself, or the machine under it. Names the namespace at its sink. */
export type MetricOrigin = 'eventstoredb' | 'host';

/** One sample of one series, as the `body` of an entry holds it. */
export interface MetricSample {
  /** As the server calls it, without prefix and `_total`: `io_bytes`, `sys_load_avg`. */
  readonly name: string;
  /** Without those of the scrape itself (`otel_scope_*`), sorted by name. */
  readonly labels: Readonly<Record<string, string>>;
  /** Finite. Of a counter, what it stands at. */
  readonly value: number;
  readonly type: 'gauge' | 'counter';
  readonly origin: MetricOrigin;
}
