import { encodePoint } from '../../../libs/event-store/line-protocol/index.js';
import { readLogLine } from '../../../libs/log-files/index.js';

/** A line of a log as line protocol, and the time it says of itself. */
export interface EncodedLine {
  readonly text: string;
  readonly timeMs: number | undefined;
}

/** Line protocol has times as nanoseconds of 64 bits: no line may be refused for a time that is none. */
const MOST_MS = 9_223_372_036_854;

/** Without a time of its own, or with one that cannot be sent, a line gets `fallbackMs`. */
export function encodeLine(line: string, node: string, fallbackMs: number): EncodedLine {
  const { timeMs: said, level } = readLogLine(line);
  const timeMs = said === undefined || Math.abs(said) > MOST_MS ? undefined : said;
  const text = encodePoint({
    name: 'log',
    tags: { hostname: node, loglevel: level },
    fields: { log: line },
    timeMs: timeMs ?? fallbackMs,
  });
  return { text, timeMs };
}
