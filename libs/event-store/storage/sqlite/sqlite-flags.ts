/** What the flags of a configuration come to here. */
export interface FlagSettings {
  readonly busyTimeoutMs: number;
  /** Pragmas of every connection. */
  readonly pragmas: readonly string[];
  /** A sentence for each flag that is not followed. */
  readonly warnings: readonly string[];
}

const DEFAULT_BUSY_TIMEOUT_MS = 5_000;
const MAX_BUSY_TIMEOUT_MS = 600_000;
/** The original's driver lists them: https://github.com/mattn/go-sqlite3#connection-string (read 2026-11-28). */
const ALIASES: Readonly<Record<string, string>> = {
  _timeout: '_busy_timeout',
  _journal: '_journal_mode',
  _sync: '_synchronous',
};
const INTEGER = /^-?\d{1,9}$/;
const DURABLE: Readonly<Record<string, string>> = { '2': 'FULL', full: 'FULL', '3': 'EXTRA', extra: 'EXTRA' };
const SECURE_DELETE: ReadonlySet<string> = new Set([
  '0',
  '1',
  'on',
  'off',
  'true',
  'false',
  'yes',
  'no',
  'fast',
]);

/** A pragma, nothing where there is nothing to do, or why the flag is not followed. */
type Effect =
  { readonly pragma: string } | { readonly busyTimeoutMs: number } | { readonly problem: string } | undefined;

/** Reads `key=value` as of the original's driver. What would endanger records, or means nothing here, is not followed. */
export function readFlags(flags: readonly string[]): FlagSettings {
  const effects = flags.map((flag) => [flag, effectOf(flag)] as const);
  const timeouts = effects.flatMap(([, effect]) =>
    effect && 'busyTimeoutMs' in effect ? [effect.busyTimeoutMs] : [],
  );
  return {
    busyTimeoutMs: timeouts.at(-1) ?? DEFAULT_BUSY_TIMEOUT_MS,
    pragmas: effects.flatMap(([, effect]) => (effect && 'pragma' in effect ? [effect.pragma] : [])),
    warnings: effects.flatMap(([flag, effect]) =>
      effect && 'problem' in effect ? [`The flag "${flag}" is not followed: ${effect.problem}.`] : [],
    ),
  };
}

function effectOf(flag: string): Effect {
  const split = flag.indexOf('=');
  const key = split < 0 ? flag : flag.slice(0, split);
  const value = split < 0 ? '' : flag.slice(split + 1).toLowerCase();
  switch (Object.hasOwn(ALIASES, key) ? ALIASES[key] : key) {
    case '_busy_timeout':
      return /^\d{1,9}$/.test(value) && Number(value) <= MAX_BUSY_TIMEOUT_MS
        ? { busyTimeoutMs: Number(value) }
        : { problem: `it takes milliseconds, at most ${MAX_BUSY_TIMEOUT_MS}` };
    case '_journal_mode':
      return value === 'wal'
        ? undefined
        : { problem: 'the journal is WAL, so that reads and writes do not wait' };
    case '_synchronous':
      return Object.hasOwn(DURABLE, value)
        ? { pragma: `synchronous=${DURABLE[value]}` }
        : { problem: 'what is acknowledged must outlast a power cut, which takes FULL' };
    case '_cache_size':
      return INTEGER.test(value) ? { pragma: `cache_size=${value}` } : { problem: 'it takes a whole number' };
    case '_secure_delete':
      return SECURE_DELETE.has(value)
        ? { pragma: `secure_delete=${value}` }
        : { problem: 'it takes on, off or fast' };
    default:
      return { problem: 'it has no meaning here' };
  }
}
