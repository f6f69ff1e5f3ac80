import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { parseArgs } from 'node:util';
import { parseDurationMs } from '../../libs/domain/index.js';
import { parseSizeBytes } from './size.js';

/** How the agent was asked to run. */
export interface AgentSettings {
  /** The hub, with or without a path: `api/write/` comes below it. */
  readonly hub: URL;
  readonly token: string;
  readonly cluster: string;
  /** The servers' log directory. */
  readonly logs: string;
  readonly node: string;
  /** Where the place and the spool are kept; made when it is not there. */
  readonly state: string;
  readonly spoolLimitBytes: number;
  readonly stats: boolean;
  readonly hostIntervalMs: number;
  readonly dataDirectory: string | undefined;
  readonly indexDirectory: string | undefined;
  /** PEM of the authorities to trust instead of the system's. */
  readonly ca: string | undefined;
}

/** The command line or the environment cannot be understood; the message has a sentence for each problem. */
export class BadArguments extends Error {}

const OPTIONS = {
  help: { type: 'boolean', short: 'h' },
  hub: { type: 'string' },
  token: { type: 'string' },
  cluster: { type: 'string' },
  logs: { type: 'string' },
  node: { type: 'string' },
  state: { type: 'string' },
  'spool-limit': { type: 'string' },
  stats: { type: 'boolean' },
  'host-interval': { type: 'string' },
  'data-dir': { type: 'string' },
  'index-dir': { type: 'string' },
  ca: { type: 'string' },
} as const;

type Option = keyof typeof OPTIONS;
const DEFAULTS: Partial<Record<Option, string>> = {
  state: './agent-data',
  'spool-limit': '512MB',
  'host-interval': '15s',
};
/** A spool has room for a few batches at least. */
const SMALLEST_SPOOL_BYTES = 8 * 1_048_576;
const SHORTEST_INTERVAL_MS = 1_000;
// What no header, line or query carries.
// oxlint-disable-next-line eslint/no-control-regex
const UNFIT = /[\0-\x1f\x7f]|\\$/;
const UNFIT_TOKEN = /[^\x21-\x7e]/;

/**
 * Reads the command line, without the program's name; what it does not say comes from `SPILLWAY_AGENT_…`. Undefined when
 * help is asked for. Throws `BadArguments`.
 */
export function readArguments(
  args: readonly string[],
  environment: NodeJS.ProcessEnv,
): AgentSettings | undefined {
  const flags = parse(args);
  if (flags.help === true) return undefined;
  const problems: string[] = [];
  const saying = (option: Option): string | undefined => {
    const flag = flags[option];
    return typeof flag === 'string' ? flag : environment[variableOf(option)] || DEFAULTS[option];
  };
  const check = <Value>(option: Option, read: (text: string) => Value | undefined, must: string): Value => {
    const text = saying(option);
    const value = text === undefined ? undefined : read(text);
    if (text === undefined) problems.push(`--${option} (or ${variableOf(option)}) is needed: ${must}`);
    else if (value === undefined) problems.push(`--${option} (or ${variableOf(option)}) must be ${must}`);
    return value as Value;
  };
  const settings: AgentSettings = {
    hub: check('hub', hubOf, 'the URL of the hub such as https://hub.example.com, without credentials in it'),
    token: check(
      'token',
      (text) => (UNFIT_TOKEN.test(text) ? undefined : text),
      'an ingest token of the hub',
    ),
    cluster: check('cluster', fit, 'the name of the cluster, as the hub knows it'),
    logs: check('logs', (text) => text, "the servers' log directory"),
    node: fit(saying('node') ?? hostname()) ?? check('node', fit, 'a name without control characters'),
    state: check('state', (text) => text, 'a directory'),
    spoolLimitBytes: check('spool-limit', spoolLimitOf, 'a size such as 512MB, at least 8MB'),
    stats: flags.stats ?? ['1', 'true', 'yes'].includes(environment[variableOf('stats')] ?? ''),
    hostIntervalMs: check('host-interval', intervalOf, 'a duration such as 15s, at least 1s'),
    dataDirectory: saying('data-dir'),
    indexDirectory: saying('index-dir'),
    ca: saying('ca') === undefined ? undefined : check('ca', contentOf, 'a PEM file that can be read'),
  };
  if (problems.length > 0) throw new BadArguments(problems.join('\n'));
  return settings;
}

const variableOf = (option: Option): string => `SPILLWAY_AGENT_${option.toUpperCase().replaceAll('-', '_')}`;

function parse(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: OPTIONS, strict: true }).values;
  } catch (error) {
    throw new BadArguments(error instanceof Error ? error.message : String(error), { cause: error });
  }
}

function hubOf(text: string): URL | undefined {
  if (!URL.canParse(text)) return undefined;
  const url = new URL(text);
  const isPlain = url.username === '' && url.password === '' && url.search === '' && url.hash === '';
  return isPlain && ['http:', 'https:'].includes(url.protocol) ? url : undefined;
}

const fit = (text: string): string | undefined =>
  text.trim() === '' || UNFIT.test(text) ? undefined : text.trim();

function spoolLimitOf(text: string): number | undefined {
  const bytes = parseSizeBytes(text);
  return bytes !== undefined && bytes >= SMALLEST_SPOOL_BYTES ? bytes : undefined;
}

function intervalOf(text: string): number | undefined {
  const intervalMs = parseDurationMs(text);
  return intervalMs !== undefined && intervalMs >= SHORTEST_INTERVAL_MS ? intervalMs : undefined;
}

function contentOf(path: string): string | undefined {
  try {
    const text = readFileSync(path, 'utf8');
    return text.includes('-----BEGIN CERTIFICATE-----') ? text : undefined;
  } catch {
    // The sentence about `--ca` says it.
    return undefined;
  }
}
