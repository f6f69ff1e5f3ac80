import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../../domain/index.js';
import { silentLogger } from '../../../observability/index.js';
import { allOf } from '../../testing/backend-under-test.js';
import { openSqliteBackend } from './index.js';

const LOADER = resolve('libs/testing/run-typescript.mjs');
const PROGRAM = resolve('libs/event-store/storage/sqlite/sqlite-process.fixture.ts');
const NOBODY = 65_534;

let directory: string;
let ends: (() => Promise<unknown>)[];
beforeEach(async () => {
  ends = [];
  directory = await mkdtemp(join(tmpdir(), 'sqlite-process-'));
});
afterEach(async () => {
  await Promise.all(ends.map((end) => end()));
  await rm(directory, { recursive: true });
});

/** A process of its own that writes; its lines are awaited, and it is killed. */
function startWriter(name: string, user?: number) {
  const options = ['--no-warnings', '--experimental-transform-types', '--import', LOADER];
  const child = spawn(process.execPath, [...options, PROGRAM, directory, name], {
    stdio: ['ignore', 'pipe', 'inherit'],
    ...(user === undefined ? {} : { uid: user, gid: user }),
  });
  const exited = once(child, 'exit');
  const lines: string[] = [];
  const reading = createInterface(child.stdout);
  const kill = async (): Promise<void> => {
    child.kill('SIGKILL');
    await exited;
  };
  const linesUntil = (count: number): Promise<void> =>
    new Promise((resolveLines) => {
      reading.on('line', (line) => {
        if (lines.push(line) === count) resolveLines();
      });
      reading.on('close', resolveLines);
    });
  ends.push(kill);
  return { lines, linesUntil, kill, closed: once(reading, 'close') };
}

const open = () =>
  openSqliteBackend(
    { type: 'sqlite', path: directory, flags: [] },
    { logger: silentLogger, clock: systemClock },
  );

describe('a SQLite file of processes', { timeout: 60_000 }, () => {
  it('has all that was acknowledged, and all or nothing of each batch, after its process was killed', async () => {
    const acknowledged: string[] = [];
    for (const name of ['first', 'second']) {
      const writer = startWriter(name);
      await writer.linesUntil(60);
      await writer.kill();
      await writer.closed;
      acknowledged.push(...writer.lines);
    }
    expect(acknowledged.length).toBeGreaterThanOrEqual(120);
    const backend = await open();
    const stored = (await allOf(backend, 'alpha')).map(({ payload }) => payload);
    await backend.close();
    const batches = Map.groupBy(stored, (payload) => payload.slice(0, payload.lastIndexOf('/')));
    for (const batch of acknowledged) expect(batches.has(batch)).toBe(true);
    for (const [, payloads] of batches) expect(new Set(payloads).size).toBe(20);
    expect(new Set(stored).size).toBe(stored.length);
  });

  it('is written by two processes at once', async () => {
    const writers = [startWriter('one'), startWriter('other')];
    await Promise.all(writers.map((writer) => writer.linesUntil(30)));
    await Promise.all(writers.map((writer) => writer.kill()));
    await Promise.all(writers.map((writer) => writer.closed));
    const backend = await open();
    const stored = new Set((await allOf(backend, 'alpha')).map(({ payload }) => payload));
    await backend.close();
    for (const { lines } of writers) {
      expect(lines.length).toBeGreaterThanOrEqual(30);
      for (const line of lines) expect(stored.has(`${line}/19`)).toBe(true);
    }
  });

  it.runIf(process.getuid?.() === 0)(
    'is refused with a sentence by a user who may not write it',
    async () => {
      await chmod(directory, 0o755);
      const toDirectory = startWriter('one', NOBODY);
      await toDirectory.linesUntil(1);
      expect(toDirectory.lines).toEqual([
        `refused: The directory ${directory} cannot be written by this user (EACCES).`,
      ]);
      await chmod(directory, 0o777);
      await writeFile(join(directory, 'events.db'), '', { mode: 0o600 });
      const toFile = startWriter('one', NOBODY);
      await toFile.linesUntil(1);
      expect(toFile.lines).toEqual([
        `refused: The file ${join(directory, 'events.db')} cannot be written by this user (EACCES).`,
      ]);
    },
  );
});
