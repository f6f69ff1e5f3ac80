import { readFileSync } from 'node:fs';
import { Options, type Command } from './arguments/options.js';
import { readQuery } from './arguments/query-arguments.js';
import { readSend } from './arguments/send-arguments.js';
import { readTail } from './arguments/tail-arguments.js';
import { HELP, OVERVIEW } from './help.js';
import { runQuery } from './query.js';
import { runSend } from './send.js';
import { runTail } from './tail.js';
import { BadUsage, Failed, type Terminal } from './terminal.js';

/**
 * Does what a command line asks for. Resolves with the exit code: 0 when it is done, 1 when it cannot be, 2 when the command
 * line cannot be understood. What went wrong is said as a sentence.
 */
export async function runClient(
  args: readonly string[],
  environment: NodeJS.ProcessEnv,
  terminal: Terminal,
): Promise<number> {
  try {
    await run(args, environment, terminal);
    return 0;
  } catch (error) {
    if (error instanceof BadUsage) {
      terminal.say(`${error.message}\nspillway-event --help says what can be asked for.`);
      return 2;
    }
    if (error instanceof Failed) terminal.say(error.message);
    else if (terminal.signal.aborted) terminal.say('Stopped before it was done.');
    else
      terminal.say(
        `A fault of spillway-event: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
      );
    return 1;
  }
}

async function run(
  args: readonly string[],
  environment: NodeJS.ProcessEnv,
  terminal: Terminal,
): Promise<void> {
  const [command, ...rest] = args;
  if (command === '--version') return terminal.write(`${version()}\n`);
  if (command === '--help' || command === '-h') return terminal.write(OVERVIEW);
  if (!isCommand(command))
    throw new BadUsage(
      `${command === undefined ? 'A command is missing' : `There is no command ${JSON.stringify(command)}`}: it is send, query or tail.`,
    );
  const options = Options.parse(command, rest, environment);
  if (options.isOnCommandLine('help')) return terminal.write(HELP[command]);
  if (options.isOnCommandLine('version')) return terminal.write(`${version()}\n`);
  const nowMs = Date.now();
  switch (command) {
    case 'send':
      return runSend(readSend(options, nowMs), terminal);
    case 'query':
      return runQuery(readQuery(options, nowMs), terminal);
    case 'tail':
      return runTail(readTail(options, nowMs), terminal);
  }
}

const isCommand = (text: string | undefined): text is Command =>
  text !== undefined && Object.hasOwn(HELP, text);

/** Of the package; the program is two directories deep in it, or three where it is compiled. */
function version(): string {
  for (const place of ['../../package.json', '../../../package.json']) {
    try {
      const { name, version: text } = JSON.parse(readFileSync(new URL(place, import.meta.url), 'utf8')) as {
        readonly name?: string;
        readonly version?: string;
      };
      if (name === 'spillway' && text !== undefined) return text;
    } catch {
      // It is in the other place.
    }
  }
  return 'unknown';
}
