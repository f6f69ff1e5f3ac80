import { parseArgs } from 'node:util';
import { DETECTORS, type DetectionOverrides } from '../libs/detection/index.js';

/** The arguments are not usable; the message says which and what would be. */
export class BadUsage extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'BadUsage';
  }
}

export interface ReplayOptions {
  /** `-` is standard input. */
  readonly file: string;
  readonly overrides: DetectionOverrides;
  /** Kinds; empty for all. */
  readonly only: readonly string[];
  readonly every: boolean;
  readonly json: boolean;
}

const EXAMPLE = DETECTORS.flatMap(({ kind, settings }) =>
  Object.values(settings).map(({ name, fallback }) => `  ${`${kind}.${name}`.padEnd(36)} ${fallback}`),
).join('\n');

export const HELP = `Usage: npm run replay -- [options] FILE

Feeds a recording of a cluster through the detectors and prints what they would have reported: to reproduce an
incident, or to try a threshold before changing it. FILE holds what GET .../clusters/{id}/observations answers, as JSON
lines or as a page; - reads standard input. Nothing is sent anywhere, and no database is needed.

Options:
  --set KIND.NAME=VALUE   another setting, e.g. --set disk-usage.threshold=70 --set core-load.enabled=false
  --only KIND             only this detector; may be given again
  --every                 also the repeated open events of issues that are open already
  --json                  one JSON object per transition; the summary goes to standard error. Say npm run --silent
                          replay then, or npm prints lines of its own before
  --help                  this text

Settings come from the environment, as the hub reads them: SPILLWAY_DISK_THRESHOLD=70 npm run replay -- FILE.
SPILLWAY_GOSSIP_INTERVAL and SPILLWAY_HOST_INTERVAL should be those of the recording: they say how long a gap between
two looks may be. A cluster's own settings are part of the recording; --set goes before them.

What can be set, with the defaults, and for every kind enabled=true or enabled=false:
${EXAMPLE}
`;

/** Throws `BadUsage`. */
export function parseOptions(args: readonly string[]): ReplayOptions | 'help' {
  const { values, positionals } = parsed(args);
  if (values.help === true) return 'help';
  const [file, ...others] = positionals;
  if (file === undefined) throw new BadUsage('Give the file to replay, or - for standard input.');
  if (others.length > 0) throw new BadUsage(`Give one file; there is also ${others.join(', ')}.`);
  const only = values.only ?? [];
  for (const kind of only) detectorOf(kind, `--only ${kind}`);
  const overrides = overridesOf(values.set ?? []);
  return { file, overrides, only, every: values.every === true, json: values.json === true };
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        set: { type: 'string', multiple: true },
        only: { type: 'string', multiple: true },
        every: { type: 'boolean' },
        json: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    });
  } catch (error) {
    throw new BadUsage((error as Error).message);
  }
}

/** From `kind.name=value`; of one given twice the last counts. */
function overridesOf(texts: readonly string[]): DetectionOverrides {
  const overrides: Record<string, Record<string, string | number | boolean>> = {};
  for (const text of texts) {
    const [, kind = '', name = '', value = ''] = /^([^.=]+)\.([^=]+)=(.*)$/.exec(text) ?? [];
    if (kind === '') throw new BadUsage(`--set ${text}: write KIND.NAME=VALUE.`);
    overrides[kind] = { ...overrides[kind], [name]: valueOf(text, kind, name, value) };
  }
  return overrides;
}

function valueOf(text: string, kind: string, name: string, value: string): string | boolean {
  const { settings } = detectorOf(kind, `--set ${text}`);
  if (name === 'enabled') {
    if (value !== 'true' && value !== 'false') throw new BadUsage(`--set ${text}: must be true or false.`);
    return value === 'true';
  }
  const setting = Object.values(settings).find((one) => one.name === name);
  const names = ['enabled', ...Object.values(settings).map((one) => one.name)];
  if (setting === undefined)
    throw new BadUsage(`--set ${text}: ${kind} has no ${name}; possible are ${names.join(', ')}.`);
  const [issue] = setting.schema.safeParse(value).error?.issues ?? [];
  if (issue !== undefined) throw new BadUsage(`--set ${text}: ${issue.message}.`);
  return value;
}

function detectorOf(kind: string, option: string) {
  const detector = DETECTORS.find((one) => one.kind === kind);
  if (detector !== undefined) return detector;
  const kinds = DETECTORS.map((one) => one.kind);
  throw new BadUsage(`${option}: there is no detector ${kind}; possible are ${kinds.join(', ')}.`);
}
