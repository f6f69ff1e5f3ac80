import type { LogLevel } from '../../domain/index.js';
import type { Series } from '../line-protocol/index.js';

/** What the beginning of a line says, in our words. */
export interface LineOrigin {
  readonly cluster: string | undefined;
  /** Empty when nobody said. */
  readonly node: string;
  readonly level: LogLevel | undefined;
  /** What else it is tagged with, sorted by name. */
  readonly labels: Readonly<Record<string, string>>;
  readonly hasLabels: boolean;
}

const MAX_NODE_CHARACTERS = 255;
/** Tags that have a place of their own in an entry. Telegraf says `host` for `hostname`. */
const CLUSTER = 'cluster';
const NODE = ['hostname', 'host'] as const;
const LEVEL = 'loglevel';

/** As senders write them, which is nearly as in syslog. */
const LEVELS: ReadonlyMap<string, LogLevel> = new Map<string, LogLevel>([
  ['trace', 'trace'],
  ['verbose', 'trace'],
  ['debug', 'debug'],
  ['info', 'info'],
  ['information', 'info'],
  ['informational', 'info'],
  ['notice', 'info'],
  ['warn', 'warn'],
  ['warning', 'warn'],
  ['err', 'error'],
  ['error', 'error'],
  ['crit', 'fatal'],
  ['critical', 'fatal'],
  ['alert', 'fatal'],
  ['emerg', 'fatal'],
  ['emergency', 'fatal'],
  ['fatal', 'fatal'],
]);

/** Reads the tags that have a meaning of their own. A level that nobody knows counts as none, and stays a label. */
export function originOf({ tags }: Series): LineOrigin {
  const level = LEVELS.get((tags.get(LEVEL) ?? '').toLowerCase());
  const own = new Set<string>([CLUSTER, ...NODE, ...(level === undefined ? [] : [LEVEL])]);
  const others = [...tags].filter(([key]) => !own.has(key)).sort(([one], [other]) => (one < other ? -1 : 1));
  const node = NODE.map((key) => tags.get(key)).find((name) => name !== undefined) ?? '';
  return {
    cluster: tags.get(CLUSTER),
    node: node.slice(0, MAX_NODE_CHARACTERS).toWellFormed(),
    level,
    labels: Object.fromEntries(others),
    hasLabels: others.length > 0,
  };
}
