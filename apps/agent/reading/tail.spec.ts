import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { NO_FINGERPRINT } from './fingerprint.js';
import { newBuffer, Tail } from './tail.js';

const EVERYTHING = { lines: 1_000_000, bytes: 1_000_000_000 };

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'spillway-agent-tail-'));
});
afterEach(() => rm(directory, { recursive: true }));

async function tailOf(content: string): Promise<Tail> {
  const path = join(directory, 'log20260111.json');
  await writeFile(path, content);
  const { dev, ino, size, mtimeMs } = await stat(path);
  const place = { path, device: String(dev), inode: String(ino) };
  return new Tail(
    { ...place, size, modifiedMs: mtimeMs, isFinished: false },
    { ...place, offset: 0, isInside: false, fingerprint: NO_FINGERPRINT },
  );
}

describe('a file', () => {
  it('that fails in the middle is read again from where it was, and loses no line', async () => {
    const lines = Array.from({ length: 100_000 }, (_, at) => `${at} ${'x'.repeat(90)}`);
    const tail = await tailOf(`${lines.join('\n')}\n`);
    const reading = tail.read(newBuffer(), EVERYTHING, false).then(
      () => 'read',
      (error: NodeJS.ErrnoException) => error.code,
    );
    while (tail.place.offset === 0) await turn();
    await tail.close();
    expect(await reading).toBe('EBADF');
    expect(tail.place.offset).toBe(0);
    expect((await tail.read(newBuffer(), EVERYTHING, false)).lines).toEqual(lines);
    await tail.close();
  });
});
