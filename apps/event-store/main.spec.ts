import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { freePort } from '../../libs/testing/free-port.js';
import { waitUntil } from '../../libs/testing/wait-until.js';

const LOADER = resolve('libs/testing/run-typescript.mjs');
/** A process that has much to load. */
const PATIENCE_MS = 30_000;
const OLD_NODE = `data:text/javascript,Object.defineProperty(process, 'versions', { value: { node: '20.20.2' } })`;

let directory: string;
let child: ChildProcess | undefined;
beforeEach(async () => void (directory = await mkdtemp(join(tmpdir(), 'spillway-event-store-'))));
afterEach(async () => {
  child?.kill('SIGKILL');
  await rm(directory, { recursive: true, force: true });
});

interface Program {
  readonly child: ChildProcess;
  readonly output: () => string;
  readonly exit: Promise<number | null>;
}

function run(args: readonly string[], preloaded: readonly string[] = []): Program {
  const imports = [LOADER, ...preloaded].flatMap((module) => ['--import', module]);
  const options = ['--no-warnings', '--experimental-transform-types', ...imports];
  const program = spawn(process.execPath, [...options, resolve('apps/event-store/main.ts'), ...args], {
    cwd: directory,
    env: {},
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  child = program;
  let output = '';
  for (const stream of [program.stdout, program.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  const exit = once(program, 'close').then(([code]) => code as number | null);
  return { child: program, output: () => output, exit };
}

const configure = (content: unknown): Promise<void> =>
  writeFile(join(directory, 'config.json'), JSON.stringify(content));

describe('the program', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)(
    'ends at once and with 0 at %s while it waits for PostgreSQL',
    async (signal) => {
      const backend = {
        type: 'postgres',
        server: '127.0.0.1',
        port: await freePort(),
        database_path: 'events',
      };
      const api = { address: '127.0.0.1', port: '0' };
      await configure({ receivers: {}, storage: { backend }, api });
      const program = run(['-config', 'config.json']);
      const isWaiting = (): boolean => program.output().includes('event-store.database.awaited');
      await waitUntil(isWaiting, { what: 'it to wait for the database', timeoutMs: PATIENCE_MS });
      const askedAtMs = performance.now();
      program.child.kill(signal);
      expect(await program.exit).toBe(0);
      expect(performance.now() - askedAtMs).toBeLessThan(10_000);
      expect(program.output()).toContain('event-store.stopped');
      expect(program.output()).not.toContain('cannot run');
    },
    2 * PATIENCE_MS,
  );

  it(
    'tells what it ignored apart from why it cannot run',
    async () => {
      const storage = { backend: { type: 'sqlite', database_path: 'events.db' }, colour: 'red' };
      await configure({ receivers: {}, storage, 'api-file': 'none.json' });
      const program = run(['-config', 'config.json']);
      expect(await program.exit).toBe(1);
      expect(program.output().split('\n')).toEqual([
        'The event store cannot run.',
        expect.stringMatching(/^none\.json is not there: there is no file \/.*\/none\.json\.$/),
        'Beside that:',
        'config.json: "receivers" has no receiver: lines come in by the API only.',
        'config.json: "storage.colour" is not known, and ignored.',
        '',
      ]);
    },
    PATIENCE_MS,
  );

  it(
    'says so when Node is too old, before anything else',
    async () => {
      const program = run(['-nonsense'], [OLD_NODE]);
      expect(await program.exit).toBe(1);
      expect(program.output()).toMatch(
        /^The event store cannot run\.\nIt needs Node 24 or newer, and this is 20\.20\.2; .*\n$/,
      );
    },
    PATIENCE_MS,
  );
});
