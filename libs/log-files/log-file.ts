/** `error` files repeat what the main file holds; `stats` files hold the server's statistics. */
export type LogFileKind = 'main' | 'error' | 'stats';

/** A server's log file, as its name tells. */
export interface LogFile {
  readonly name: string;
  readonly kind: LogFileKind;
  /** `20260111`, in the server's local time; undefined of 5.x, whose files are named after the node. */
  readonly day: string | undefined;
  /** Of the day, from 0: a file of 1 GB is followed by another one. */
  readonly part: number;
}

const FROM_20 = /^log(?:-(err|stats))?(\d{8})(?:_(\d{3,9}))?\.(?:json|csv)$/;
const OF_5 = /^.+?(?:(-err)?\.log|-stats\.(?:json|csv))$/;

/**
 * What the file of this name (without its directory) holds, or undefined when it is no server's log: of 20.6 and later
 * `logYYYYMMDD.json`, `log-errYYYYMMDD.json`, `log-statsYYYYMMDD.json`, each also with `_001`; of 5.x `<name>.log`,
 * `<name>-err.log`, `<name>-stats.json` or `.csv`.
 */
export function logFileOf(name: string): LogFile | undefined {
  if (name.includes('/')) return undefined;
  const recent = FROM_20.exec(name);
  if (recent !== null) return { name, kind: kindOf(recent[1]), day: recent[2], part: Number(recent[3] ?? 0) };
  const old = OF_5.exec(name);
  if (old === null) return undefined;
  const kind = name.endsWith('.log') ? (old[1] === undefined ? 'main' : 'error') : 'stats';
  return { name, kind, day: undefined, part: 0 };
}

const kindOf = (suffix: string | undefined): LogFileKind =>
  suffix === undefined ? 'main' : suffix === 'err' ? 'error' : 'stats';

/** Whether its lines are to be read: never those of `error`, which come twice otherwise; `stats` where they are asked for. */
export const isRead = ({ kind }: LogFile, { stats }: { readonly stats: boolean }): boolean =>
  kind === 'main' || (kind === 'stats' && stats);

/** Whether `later` goes on where `earlier` ended: then nothing is appended to `earlier` any more. */
export const succeeds = (later: LogFile, earlier: LogFile): boolean =>
  later.kind === earlier.kind &&
  later.day !== undefined &&
  earlier.day !== undefined &&
  compareLogFiles(later, earlier) > 0;

/** The order in which a node wrote its files of one kind: by day, then by part. */
export function compareLogFiles(one: LogFile, other: LogFile): number {
  return compare(one.day ?? '', other.day ?? '') || one.part - other.part || compare(one.name, other.name);
}

const compare = (one: string, other: string): number => (one < other ? -1 : one > other ? 1 : 0);
