import { parseArgs, type ParseArgsOptionsConfig } from 'node:util';
import { parseDurationMs } from '../../../libs/domain/index.js';
import { BadUsage } from '../terminal.js';

const TEXT = { type: 'string' } as const;
const TEXTS = { type: 'string', multiple: true } as const;
const FLAG = { type: 'boolean' } as const;

const ALWAYS = {
  help: { type: 'boolean', short: 'h' },
  version: FLAG,
  url: TEXT,
  token: TEXT,
  nats: TEXT,
  subject: TEXT,
  user: TEXT,
  password: TEXT,
  creds: TEXT,
  timeout: TEXT,
  cluster: TEXT,
  name: TEXT,
  type: TEXT,
  'type-id': TEXT,
  stype: TEXT,
  'stype-id': TEXT,
} as const;
const READING = { ...ALWAYS, host: TEXT, kind: TEXT, from: TEXT, limit: TEXT, json: FLAG } as const;
const OF_COMMANDS = {
  send: {
    ...ALWAYS,
    hostname: TEXT,
    tag: TEXTS,
    field: TEXTS,
    log: FLAG,
    level: TEXT,
    time: TEXT,
    lines: FLAG,
  },
  query: { ...READING, to: TEXT },
  tail: { ...READING, interval: TEXT, overlap: TEXT },
} as const satisfies Record<string, ParseArgsOptionsConfig>;

export type Command = keyof typeof OF_COMMANDS;
export type Option =
  keyof (typeof OF_COMMANDS)['send' | 'query' | 'tail'] | Named<'send'> | Named<'query'> | Named<'tail'>;
type Named<Of extends Command> = keyof (typeof OF_COMMANDS)[Of];

const LONGEST_MS = 86_400_000;
const TRUE = ['1', 'true', 'yes'];
const variableOf = (option: Option): string => `SPILLWAY_EVENT_${option.toUpperCase().replaceAll('-', '_')}`;

type Flags = Readonly<Record<string, string | boolean | readonly (string | boolean)[] | undefined>>;

/** A command line, completed by the environment: `--type-id` is `SPILLWAY_EVENT_TYPE_ID`, too. */
export class Options {
  /** Sentences about what cannot be understood. */
  private readonly problems: string[] = [];

  private constructor(
    private readonly flags: Flags,
    readonly positionals: readonly string[],
    private readonly environment: NodeJS.ProcessEnv,
  ) {}

  /** Throws `BadUsage` for what is no option of the command. */
  static parse(command: Command, args: readonly string[], environment: NodeJS.ProcessEnv): Options {
    try {
      const options: ParseArgsOptionsConfig = OF_COMMANDS[command];
      const { values, positionals } = parseArgs({
        args: [...args],
        options,
        allowPositionals: true,
        strict: true,
      });
      return new Options(values, positionals, environment);
    } catch (error) {
      // It repeats names of options, but not what was given with them.
      throw new BadUsage(error instanceof Error ? error.message : String(error), { cause: error });
    }
  }

  flag(option: Option): boolean {
    return this.flags[option] === true || TRUE.includes(this.environment[variableOf(option)] ?? '');
  }

  isOnCommandLine(option: Option): boolean {
    return this.flags[option] !== undefined;
  }

  /** Undefined when nobody says, or says nothing. */
  text(option: Option): string | undefined {
    const flag = this.flags[option];
    const text = typeof flag === 'string' ? flag : this.environment[variableOf(option)];
    return text === '' ? undefined : text;
  }

  /** In a variable they are separated by commas. */
  texts(option: Option): readonly string[] {
    const flag = this.flags[option];
    if (Array.isArray(flag)) return flag as string[];
    return (this.environment[variableOf(option)] ?? '').split(',').filter((text) => text !== '');
  }

  /** What `read` makes of an option; undefined when it is absent. What it cannot read is a problem: the option `must` be … */
  read<Value>(option: Option, read: (text: string) => Value | undefined, must: string): Value | undefined {
    const text = this.text(option);
    if (text === undefined) return undefined;
    const value = read(text);
    if (value === undefined) this.refuse(`--${option} (or ${variableOf(option)}) must be ${must}.`);
    return value;
  }

  /** In milliseconds. */
  duration(option: Option, defaultMs: number, leastMs: number): number {
    const read = (text: string): number | undefined => {
      const durationMs = parseDurationMs(text);
      return durationMs !== undefined && durationMs >= leastMs && durationMs <= LONGEST_MS
        ? durationMs
        : undefined;
    };
    return this.read(option, read, `a duration such as 30s, from ${leastMs}ms to 1d`) ?? defaultMs;
  }

  refuse(problem: string): void {
    this.problems.push(problem);
  }

  /** Throws `BadUsage` when there is any problem. */
  conclude(): void {
    if (this.problems.length > 0) throw new BadUsage(this.problems.join('\n'));
  }
}
