import { BadArguments, parseGoFlags, type FlagWords } from './go-flags.js';

export { BadArguments } from './go-flags.js';

/** Levels of the log, as pino calls them. */
export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'fatal';

interface CommonArguments {
  /** Undefined: the default of the configuration's loader. */
  readonly configPath: string | undefined;
  readonly logLevel: LogLevel;
}

/** What the old records are read from: a file of SQLite, or the PostgreSQL database that the configuration names. */
export type ImportSource = { readonly type: 'sqlite'; readonly path: string } | { readonly type: 'postgres' };

/** What the program was asked to do. */
export type Arguments =
  | { readonly command: 'help' }
  | { readonly command: 'version' }
  | ({ readonly command: 'run' } & CommonArguments)
  | ({
      readonly command: 'import';
      readonly source: ImportSource;
      /** The time, in milliseconds since 1970, that records get which have lost theirs; undefined: they are left out. */
      readonly undatedAsMs: number | undefined;
      readonly isDryRun: boolean;
    } & CommonArguments);

const COMMON: FlagWords = { config: 1, loglevel: 1, logdate: 0, version: 0, help: 0, h: 0 };
const IMPORT: FlagWords = { ...COMMON, 'from-sqlite': 1, 'from-postgres': 0, undated: 2, 'dry-run': 0 };

/**
 * The original's levels. It has `warn` without a flag; here it is `info`, so that one sees where it listens. Its `fatal` is
 * its `err`, and its `crit` is what others call fatal.
 */
const LEVELS: Readonly<Record<string, LogLevel>> = {
  debug: 'debug',
  info: 'info',
  warn: 'warn',
  err: 'error',
  fatal: 'error',
  crit: 'fatal',
};
const DEFAULT_LEVEL = 'info';

type Values = ReadonlyMap<string, string>;

/** Reads the command line, without the program's name. Throws `BadArguments`. */
export function readArguments(args: readonly string[]): Arguments {
  const { values, rest } = parseGoFlags(args, COMMON);
  const [command, ...others] = rest;
  if (command === undefined) return asked(values) ?? { command: 'run', ...common(values) };
  if (command !== 'import') throw new BadArguments(`There is no command ${command}: the only one is import.`);
  const own = parseGoFlags(others, IMPORT);
  if (own.rest[0] !== undefined)
    throw new BadArguments(`I do not know what ${own.rest[0]} means after import.`);
  const both = new Map([...values, ...own.values]);
  return asked(both) ?? importing(both);
}

/** Help before all else, as it is what one wants who writes anything wrong. */
function asked(values: Values): Arguments | undefined {
  if (isOn(values, 'help') || isOn(values, 'h')) return { command: 'help' };
  return isOn(values, 'version') ? { command: 'version' } : undefined;
}

function common(values: Values): CommonArguments {
  const level = values.get('loglevel') ?? DEFAULT_LEVEL;
  if (!Object.hasOwn(LEVELS, level))
    throw new BadArguments(`The option -loglevel is one of ${Object.keys(LEVELS).join(', ')}.`);
  return { configPath: values.get('config') || undefined, logLevel: LEVELS[level]! };
}

function importing(values: Values): Arguments {
  const path = values.get('from-sqlite');
  const isFromPostgres = isOn(values, 'from-postgres');
  if ((path === undefined) === !isFromPostgres)
    throw new BadArguments('Say what to import: either -from-sqlite FILE or -from-postgres.');
  if (path === '') throw new BadArguments('The option -from-sqlite needs the path of a file.');
  const undated = values.get('undated');
  return {
    command: 'import',
    ...common(values),
    source: path === undefined ? { type: 'postgres' } : { type: 'sqlite', path },
    undatedAsMs: undated === undefined ? undefined : undatedAsMs(undated),
    isDryRun: isOn(values, 'dry-run'),
  };
}

const isOn = (values: Values, name: string): boolean => values.get(name) === 'true';

const KEEP_AS =
  /^keep-as (?:(?<seconds>\d{1,10})|(?<date>\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d))?))$/;

function undatedAsMs(text: string): number {
  const { seconds, date } = KEEP_AS.exec(text)?.groups ?? {};
  const timeMs = date === undefined ? Number(seconds) * 1_000 : Date.parse(date);
  if (!Number.isNaN(timeMs)) return timeMs;
  throw new BadArguments(
    'The option -undated is followed by keep-as and a time, such as keep-as 2026-01-31T12:00:00Z or Unix seconds.',
  );
}
