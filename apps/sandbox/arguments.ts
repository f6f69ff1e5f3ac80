import { parseArgs } from 'node:util';
import { isServerVersion, SERVER_VERSIONS, type ServerVersionName } from './cluster/index.js';
import { SHIPPED_SCENARIOS } from './scenarios/index.js';

/** How the sandbox was asked to run. */
export interface SandboxArguments {
  readonly help: boolean;
  readonly nodes: number;
  readonly replicas: number;
  readonly version: ServerVersionName;
  readonly credentials?: { readonly username: string; readonly password: string };
  /** The servers hand out their log files. */
  readonly isLicensed: boolean;
  /** A file, or the name of a scenario that comes along. */
  readonly scenario?: string;
  readonly speed: number;
  /** 0 takes any free one; nodes take the next ones each. */
  readonly nodePort: number;
  readonly slackPort: number;
  readonly opsGeniePort: number;
  readonly cloudWatchPort: number;
  readonly controlPort: number;
}

/** The command line cannot be understood; the message names the option. */
export class BadArguments extends Error {}

const OPTIONS = {
  help: { type: 'boolean', short: 'h', default: false },
  nodes: { type: 'string', default: '3' },
  replicas: { type: 'string', default: '0' },
  version: { type: 'string', default: '24.10' },
  credentials: { type: 'string' },
  licensed: { type: 'boolean', default: false },
  scenario: { type: 'string' },
  speed: { type: 'string', default: '1' },
  'node-port': { type: 'string', default: '21131' },
  'slack-port': { type: 'string', default: '9081' },
  'control-port': { type: 'string', default: '9082' },
  'opsgenie-port': { type: 'string', default: '9083' },
  'cloudwatch-port': { type: 'string', default: '9084' },
} as const;

export const HELP = `npm run sandbox -- [options]

Runs stand-ins for Slack, OpsGenie, CloudWatch and for a database cluster on 127.0.0.1, to try a hub against.

  --scenario NAME|FILE   plays a scenario at the cluster: a JSON file, or one of
                         ${Object.keys(SHIPPED_SCENARIOS).join(', ')}
  --speed N              plays it N times faster; shorten the hub's windows likewise (default 1)
  --version V            the servers' version: ${Object.keys(SERVER_VERSIONS).join(', ')} (default 24.10)
  --nodes N              nodes that vote (default 3)
  --replicas N           read-only replicas besides (default 0)
  --credentials U:P      what /stats, /metrics and /admin/logs want (default: nothing)
  --licensed             the servers hand out their log files under /admin/logs
  --node-port N          port of the first node, 0 for any (default 21131)
  --slack-port N         port of Slack (default 9081)
  --control-port N       port of the cluster's control endpoint (default 9082)
  --opsgenie-port N      port of OpsGenie (default 9083)
  --cloudwatch-port N    port of CloudWatch, Logs and Metrics (default 9084)
  --help                 this
`;

/** Reads the command line, without the program's name. Throws `BadArguments`. */
export function readArguments(args: readonly string[]): SandboxArguments {
  const values = parse(args);
  const { version, scenario, credentials } = values;
  if (!isServerVersion(version))
    throw new BadArguments(`--version must be one of ${Object.keys(SERVER_VERSIONS).join(', ')}`);
  return {
    help: values.help,
    nodes: wholeNumber(values, 'nodes', 1, 9),
    replicas: wholeNumber(values, 'replicas', 0, 8),
    version,
    isLicensed: values.licensed,
    speed: speedOf(values.speed),
    nodePort: wholeNumber(values, 'node-port', 0, 65_500),
    slackPort: wholeNumber(values, 'slack-port', 0, 65_535),
    controlPort: wholeNumber(values, 'control-port', 0, 65_535),
    opsGeniePort: wholeNumber(values, 'opsgenie-port', 0, 65_535),
    cloudWatchPort: wholeNumber(values, 'cloudwatch-port', 0, 65_535),
    ...(scenario === undefined ? {} : { scenario }),
    ...(credentials === undefined ? {} : { credentials: credentialsOf(credentials) }),
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: OPTIONS, strict: true }).values;
  } catch (error) {
    throw new BadArguments(error instanceof Error ? error.message : String(error), { cause: error });
  }
}

function wholeNumber<Name extends string>(
  values: Readonly<Record<Name, string>>,
  name: Name,
  minimum: number,
  maximum: number,
): number {
  const text = values[name];
  const value = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= minimum && value <= maximum) return value;
  throw new BadArguments(`--${name} must be a whole number from ${minimum} to ${maximum}`);
}

function speedOf(text: string): number {
  const speed = text.trim() === '' ? Number.NaN : Number(text);
  if (speed > 0 && speed <= 1_000) return speed;
  throw new BadArguments('--speed must be a number above 0, at most 1000');
}

function credentialsOf(text: string) {
  const [username, ...rest] = text.split(':');
  if (!username || rest.length === 0) throw new BadArguments('--credentials must be user:password');
  return { username, password: rest.join(':') };
}
