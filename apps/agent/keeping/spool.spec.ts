import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { NO_CHANGE } from './place.js';
import { Spool } from './spool.js';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'spillway-agent-spool-'));
});
afterEach(() => rm(directory, { recursive: true }));

describe('a spool', () => {
  it('loses one batch that is removed twice at the same time, and no other', async () => {
    const spool = await Spool.open(directory, 8 * 1_048_576, 0);
    for (const text of ['a', 'b', 'c']) {
      const content = { body: Buffer.from(text), change: NO_CHANGE };
      spool.add(await spool.write({ kind: 'metrics', lineCount: 1, atMs: 0 }, content));
    }
    const [first, ...others] = spool.batches;
    if (first === undefined) throw new Error('there is no batch');
    await Promise.all([spool.remove(first), spool.remove(first)]);
    expect(spool.batches).toEqual(others);
    expect(spool.bytes).toBe(others.reduce((sum, { bytes }) => sum + bytes, 0));
  });
});
