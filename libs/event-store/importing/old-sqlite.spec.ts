import { spawnSync } from 'node:child_process';
import { chmod, copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { silentLogger } from '../../observability/index.js';
import { FIRST_ID } from './import-source.js';
import { openOldSqlite } from './index.js';
import { anOldRow, writeOldTable } from './old-tables.fixture.js';

const LOADER = resolve('libs/testing/run-typescript.mjs');
const PROGRAM = resolve('libs/event-store/importing/old-sqlite.fixture.ts');
const NOBODY = 65_534;
let directory: string;
let old: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'old-sqlite-'));
  old = join(directory, 'old #1?.db');
  writeOldTable(old, 'tc_events', [anOldRow(), anOldRow(), anOldRow()]);
});
afterEach(async () => {
  await chmod(directory, 0o755);
  await rm(directory, { recursive: true, force: true });
});

/** Makes the file one of the WAL kind, and leaves it open, so that what is done is in its journal. */
function inWal(sql: string): DatabaseSync {
  const database = new DatabaseSync(old);
  database.exec(`PRAGMA journal_mode=WAL; ${sql}`);
  return database;
}

/** What a process sees that may only read: the superuser may always write. */
function seenByOthers(file = old): string {
  const options = ['--no-warnings', '--experimental-transform-types', '--import', LOADER];
  const user = process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {};
  return spawnSync(process.execPath, [...options, PROGRAM, file], {
    encoding: 'utf8',
    ...user,
  }).stdout.trim();
}

describe('openOldSqlite', { timeout: 30_000 }, () => {
  it('reads while the original is in the middle of a transaction, and changes nothing', async () => {
    const original = new DatabaseSync(old);
    try {
      original.exec("BEGIN IMMEDIATE; INSERT INTO tc_events (field) VALUES ('not yet')");
      const source = await openOldSqlite(old, silentLogger);
      expect((await source.page('tc_events', FIRST_ID, 10)).map(({ id }) => id)).toEqual([1, 2, 3]);
      original.exec('COMMIT');
      expect(await source.estimate('tc_events')).toBe(4);
      await source.close();
    } finally {
      original.close();
    }
  });

  it('reads a file of the WAL kind where no file can be made beside it, as on a medium that takes no writes', async () => {
    inWal("INSERT INTO tc_events (field) VALUES ('x')").close();
    await chmod(directory, 0o555);
    expect(seenByOthers()).toBe('4');
  });

  it('refuses it when its journal holds records that could not be read', async () => {
    const writing = inWal("INSERT INTO tc_events (field) VALUES ('x')");
    try {
      const copies = join(directory, 'copies');
      await mkdir(copies);
      for (const end of ['', '-wal']) await copyFile(`${old}${end}`, join(copies, `old.db${end}`));
      await chmod(directory, 0o755);
      await chmod(copies, 0o555);
      expect(seenByOthers(join(copies, 'old.db'))).toMatch(/cannot be read as a SQLite database/);
      await chmod(copies, 0o755);
    } finally {
      writing.close();
    }
  });

  it.each([
    ['nothing.db', /^There is no file .*nothing\.db\.$/],
    ['.', /is no file: give the SQLite file itself/],
    ['notes.txt', /cannot be read as a SQLite database/],
  ])('refuses %s with a sentence', async (name, sentence) => {
    await writeFile(join(directory, 'notes.txt'), 'notes '.repeat(200));
    await expect(openOldSqlite(join(directory, name), silentLogger)).rejects.toThrow(sentence);
  });
});
