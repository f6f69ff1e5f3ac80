import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import type { Readable, Writable } from 'node:stream';
import { InvalidSettings, loadSettings } from '../libs/config/index.js';
import { DETECTORS, Replay } from '../libs/detection/index.js';
import { BadRecording, readRecording } from './replay-input.js';
import { BadUsage, HELP, parseOptions, type ReplayOptions } from './replay-options.js';
import { summaryText, transitionJson, transitionText } from './replay-output.js';

/** Where the recording may come from, and where everything goes. */
export interface Streams {
  readonly stdin: Readable;
  readonly stdout: Writable;
  readonly stderr: Writable;
}

/** Runs the command; resolves with its exit code: 0, or 1 when the recording or the arguments are not usable. */
export async function runReplay(
  args: readonly string[],
  environment: NodeJS.ProcessEnv,
  streams: Streams,
): Promise<number> {
  try {
    const options = parseOptions(args);
    if (options === 'help') streams.stdout.write(HELP);
    else await replay(options, environment, streams);
    return 0;
  } catch (error) {
    const message = explain(error);
    if (message === undefined) throw error;
    streams.stderr.write(`${message}\n`);
    return 1;
  }
}

function explain(error: unknown): string | undefined {
  if (error instanceof BadUsage) return `${error.message}\nSee: npm run replay -- --help`;
  if (error instanceof BadRecording || error instanceof InvalidSettings) return error.message;
  const { code, path, syscall } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT') return `There is no file ${path}.`;
  return syscall === undefined ? undefined : `The recording cannot be read (${code}).`;
}

async function replay(
  { file, overrides, only, every, json }: ReplayOptions,
  environment: NodeJS.ProcessEnv,
  { stdin, stdout, stderr }: Streams,
): Promise<void> {
  const { detection: defaults } = loadSettings(environment);
  const detectors = only.length === 0 ? DETECTORS : DETECTORS.filter(({ kind }) => only.includes(kind));
  const run = new Replay(defaults, overrides, detectors);
  let looks = 0;
  const source = file === '-' ? stdin : createReadStream(file, 'utf8');
  for await (const { look, place } of readRecording(source, (warning) => stderr.write(`${warning}\n`))) {
    looks += 1;
    const { transitions, isBackInTime } = run.take(look);
    if (isBackInTime)
      stderr.write(`${place}: time goes backwards at ${look.at} (cluster ${look.cluster.name})\n`);
    for (const transition of transitions) {
      if (transition.step === 'repeated' && !every) continue;
      await write(stdout, json ? transitionJson(transition) : transitionText(transition));
    }
  }
  // Machines read one kind of object only.
  (json ? stderr : stdout).write(summaryText(looks, run.summary()));
}

/** Waits where the reader is slower than we are. */
async function write(stream: Writable, text: string): Promise<void> {
  if (!stream.write(text)) await once(stream, 'drain');
}
