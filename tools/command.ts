import { pino } from 'pino';
import type { Writable } from 'node:stream';
import { InvalidSettings, loadSettings, type Settings } from '../libs/config/index.js';
import { UnusableKey, type Actor } from '../libs/identity/index.js';
import type { Logger } from '../libs/observability/index.js';
import { MissingDatabase } from './tool-database.js';

/** In whose name commands do what they do. */
export const COMMAND_LINE: Actor = {
  accountId: null,
  who: 'somebody at the command line of the hub',
  tokenId: null,
  requestId: null,
  address: null,
};

/** The arguments are not usable; the message says which and what would be. */
export class BadUsage extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'BadUsage';
  }
}

/** What a command works with; results go to `stdout`, everything else to `stderr`. */
export interface Command {
  readonly settings: Settings;
  readonly logger: Logger;
  readonly stdout: Writable;
  readonly stderr: Writable;
}

/** Runs a command with the hub's settings to its exit code; 1 with a sentence when it cannot do its work. */
export async function runCommand(name: string, work: (command: Command) => Promise<number>): Promise<number> {
  const { stdout, stderr } = process;
  try {
    const logger = pino({ level: 'warn', base: null }, pino.destination({ dest: 2, sync: true }));
    return await work({ settings: loadSettings(), logger, stdout, stderr });
  } catch (error) {
    stderr.write(`${explain(error, name)}\n`);
    return 1;
  }
}

function explain(error: unknown, name: string): string {
  if (!(error instanceof Error)) return String(error);
  if (error instanceof BadUsage) return `${error.message}\nSee: npm run ${name} -- --help`;
  const isOurs = [InvalidSettings, UnusableKey, MissingDatabase].some((kind) => error instanceof kind);
  return isOurs || process.env['LOG_LEVEL'] !== 'debug' ? error.message : (error.stack ?? error.message);
}
