import type { LogLevel } from '../domain/index.js';

/** What a line of a server's log says of itself. */
export interface LogLineReading {
  /** In milliseconds since 1970; undefined where the line does not say, or says no time. */
  readonly timeMs: number | undefined;
  readonly level: LogLevel;
}

/** Serilog's names, and NLog's of 5.x. */
const LEVELS: Readonly<Record<string, LogLevel>> = {
  verbose: 'trace',
  trace: 'trace',
  debug: 'debug',
  information: 'info',
  info: 'info',
  warning: 'warn',
  warn: 'warn',
  error: 'error',
  fatal: 'fatal',
};
/** As the servers write them: saves the common case its lower-casing. */
const WRITTEN: ReadonlyMap<string, LogLevel> = new Map(
  Object.entries(LEVELS).flatMap(([name, level]) => [
    [name, level],
    [`${name[0]?.toUpperCase() ?? ''}${name.slice(1)}`, level],
    [name.toUpperCase(), level],
  ]),
);

const TIME_FIRST = '{"@t":"';
const TEMPLATE_NEXT = ',"@mt":"';
const RENDERINGS_NEXT = ',"@r":[';
const LEVEL_NEXT = ',"@l":"';

/**
 * Reads time and level of one line: CLEF of 20.6 (a line without `@l` is `info`), of 20.10 and later, the structured
 * format of 5.x (`Date`, `Level`), or any other text, which has no time and is `info`. Never throws; a line that was cut
 * gives what its beginning says.
 *
 * Servers write `@t`, `@mt`, `@r` and `@l` in this order: such a line is only scanned. All others are parsed.
 */
export function readLogLine(text: string): LogLineReading {
  if (!text.startsWith('{')) return { timeMs: undefined, level: 'info' };
  if (!text.startsWith(TIME_FIRST)) return parsed(text);
  const timeEnd = text.indexOf('"', TIME_FIRST.length);
  const head = timeEnd < 0 ? undefined : timeEnd + 1;
  const level = head === undefined ? undefined : levelAfter(text, head);
  if (head === undefined || level === undefined) return parsed(text);
  return { timeMs: timeOf(text.slice(TIME_FIRST.length, head - 1)), level };
}

/** The level of a line in the servers' own order whose time ended before `at`; undefined when this is no such line. */
function levelAfter(text: string, at: number): LogLevel | undefined {
  if (!text.startsWith(TEMPLATE_NEXT, at)) return undefined;
  let next = afterString(text, at + TEMPLATE_NEXT.length);
  if (next !== undefined && text.startsWith(RENDERINGS_NEXT, next))
    next = afterStrings(text, next + RENDERINGS_NEXT.length);
  if (next === undefined) return undefined;
  if (!text.startsWith(LEVEL_NEXT, next)) return text.includes('"@l"', next) ? undefined : 'info';
  const begin = next + LEVEL_NEXT.length;
  const end = text.indexOf('"', begin);
  return end < 0 ? undefined : levelOf(text.slice(begin, end));
}

/** Where a string whose content begins at `at` has ended; undefined when it does not. */
function afterString(text: string, at: number): number | undefined {
  for (let quote = text.indexOf('"', at); quote >= 0; quote = text.indexOf('"', quote + 1)) {
    let content = quote;
    while (text[content - 1] === '\\') content -= 1;
    if ((quote - content) % 2 === 0) return quote + 1;
  }
  return undefined;
}

/** Where a list of strings, and of nothing else, has ended. */
function afterStrings(text: string, at: number): number | undefined {
  let next: number | undefined = at;
  while (next !== undefined && text[next] === '"') {
    next = afterString(text, next + 1);
    if (next !== undefined && text[next] === ',') next += 1;
  }
  return next !== undefined && text[next] === ']' ? next + 1 : undefined;
}

/** Any other order, white space, 5.x, or a line that is no JSON in spite of its beginning. */
function parsed(text: string): LogLineReading {
  const value = jsonOf(text);
  if (value === undefined) return guessed(text);
  return { timeMs: timeOf(value['@t'] ?? value['Date']), level: levelOf(value['@l'] ?? value['Level']) };
}

function jsonOf(text: string): Record<string, unknown> | undefined {
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    // Not ours to report: the line goes on as it is.
    return undefined;
  }
}

const TIME = /"(?:@t|Date)"\s*:\s*"([^"]*)"/;
const LEVEL = /"(?:@l|Level)"\s*:\s*"([^"]*)"/;
/** Where time and level are looked for in a line that was cut: servers write them near its beginning. */
const HEAD_LENGTH = 8_192;

function guessed(text: string): LogLineReading {
  const head = text.slice(0, HEAD_LENGTH);
  return { timeMs: timeOf(TIME.exec(head)?.[1]), level: levelOf(LEVEL.exec(head)?.[1]) };
}

const TIME_FORM = /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(Z|[+-]\d{2}:\d{2})?$/;

/** Without an offset it is taken as UTC, which is what 5.x means. */
function timeOf(text: unknown): number | undefined {
  if (typeof text !== 'string') return undefined;
  const form = TIME_FORM.exec(text);
  if (form === null) return undefined;
  const timeMs = Date.parse(form[1] === undefined ? `${text.replace(' ', 'T')}Z` : text);
  return Number.isNaN(timeMs) ? undefined : timeMs;
}

function levelOf(name: unknown): LogLevel {
  if (typeof name !== 'string') return 'info';
  return WRITTEN.get(name) ?? WRITTEN.get(name.toLowerCase()) ?? 'info';
}
