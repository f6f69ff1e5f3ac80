import { encodePoint } from '../../../libs/event-store/line-protocol/index.js';
import { readLogLine } from '../../../libs/log-files/index.js';

/** A line of a log as line protocol, and the time it says of itself. */
export interface EncodedLine {
  readonly text: string;
  readonly timeMs: number | undefined;
}

/** Without a time of its own a line gets `fallbackMs`. */
export function encodeLine(line: string, node: string, fallbackMs: number): EncodedLine {
  const { timeMs, level } = readLogLine(line);
  const text = encodePoint({
    name: 'log',
    tags: { hostname: node, loglevel: level },
    fields: { log: line },
    timeMs: timeMs ?? fallbackMs,
  });
  return { text, timeMs };
}
