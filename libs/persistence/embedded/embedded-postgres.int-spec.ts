import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmod,
  chown,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { silentLogger } from '../../observability/index.js';
import { waitUntil } from '../../testing/index.js';
import { platformPackage } from './binaries.js';
import { startEmbeddedPostgres, type EmbeddedPostgres } from './index.js';
import { readPidFile } from './pid-file.js';
import { isAlive } from './server-end.js';

const NOBODY = 65_534;
const asRoot = process.getuid?.() === 0;

let directory: string;
/** An initialised data directory that most tests use one after another, which is quicker than an initdb for each. */
let shared: string;
const cleanups: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  shared = await mkdtemp(join(tmpdir(), 'spillway-embedded-'));
  await (await startEmbeddedPostgres({ directory: shared, logger: silentLogger, durable: false })).stop();
});
afterAll(() => rm(shared, { recursive: true, force: true }));

beforeEach(async () => {
  const fresh = await mkdtemp(join(tmpdir(), 'spillway-embedded-'));
  cleanups.push(() => rm(fresh, { recursive: true, force: true }));
  directory = fresh;
});
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function start(durable = false): Promise<EmbeddedPostgres> {
  const postgres = await startEmbeddedPostgres({ directory, logger: silentLogger, durable });
  cleanups.push(() => postgres.stop());
  return postgres;
}

const useShared = (): void => {
  directory = shared;
};

async function query<Row extends pg.QueryResultRow>(url: string, sql: string): Promise<Row[]> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query<Row>(sql)).rows;
  } finally {
    await client.end();
  }
}

const serverPid = async (): Promise<number> =>
  (await readPidFile(join(directory, 'postgres')))?.pid as number;

/** Another process that holds `directory`, as a hub does. */
async function startHolder(user?: number) {
  const loader = resolve('libs/testing/run-typescript.mjs');
  const program = resolve('libs/persistence/embedded/holder.fixture.ts');
  const child = spawn(process.execPath, ['--import', loader, program, directory], {
    stdio: ['ignore', 'pipe', 'inherit'],
    ...(user === undefined ? {} : { uid: user, gid: user }),
  });
  const exited = once(child, 'exit');
  cleanups.push(async () => {
    child.kill('SIGTERM');
    await exited;
  });
  const answer = async () => {
    for await (const line of createInterface(child.stdout))
      return JSON.parse(line) as { url?: string; error?: string };
    return { error: 'it said nothing' };
  };
  const kill = async (): Promise<void> => {
    child.kill('SIGKILL');
    await exited;
  };
  return { child, answer, kill };
}

describe('first start', () => {
  it('makes a UTF-8 database behind a password, on the loopback address only', async () => {
    const { url } = await start(true);
    const [row] = await query<Record<string, string>>(
      url,
      `SELECT current_database() AS name, current_setting('server_encoding') AS encoding, lower('Ä') AS lower,
              current_setting('listen_addresses') AS address, current_setting('unix_socket_directories') AS sockets,
              current_setting('fsync') AS fsync`,
    );
    expect(row).toEqual({
      name: 'spillway',
      encoding: 'UTF8',
      lower: 'ä',
      address: '127.0.0.1',
      sockets: '',
      fsync: 'on',
    });
    const wrong = new URL(url);
    wrong.password = 'guess';
    await expect(query(wrong.href, 'SELECT 1')).rejects.toThrow(/password authentication failed/);
  });

  it('keeps the password where only its owner may read it, and no other copy', async () => {
    const { url } = await start();
    const file = join(directory, 'postgres-password');
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect((await readFile(file, 'utf8')).trim()).toBe(new URL(url).password);
    expect((await readdir(directory)).sort()).toEqual([
      'hub.lock',
      'hub.pid',
      'postgres',
      'postgres-password',
      'postgres.log',
    ]);
  });

  it('redoes an initialisation that was killed half-way', async () => {
    const holder = await startHolder();
    await waitUntil(
      async () => (await readdir(directory)).some((name) => name.startsWith('postgres.unfinished')),
      {
        what: 'initdb to begin',
      },
    );
    await holder.kill();
    expect(await readdir(directory)).not.toContain('postgres');
    const { url } = await start();
    expect(await query(url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    expect((await readdir(directory)).filter((name) => name.startsWith('postgres.unfinished'))).toEqual([]);
  });
});

describe('a later start', () => {
  beforeEach(useShared);

  it('finds the data of an earlier one', async () => {
    const first = await start();
    await query(first.url, 'DROP TABLE IF EXISTS facts; CREATE TABLE facts AS SELECT 42 AS answer');
    await first.stop();
    const second = await start();
    expect(await query(second.url, 'SELECT * FROM facts')).toEqual([{ answer: 42 }]);
  });

  it('replaces the server that a killed hub left behind, and keeps what was committed', async () => {
    const holder = await startHolder();
    const { url } = await holder.answer();
    await query(url as string, 'DROP TABLE IF EXISTS facts; CREATE TABLE facts AS SELECT 42 AS answer');
    await holder.kill();
    const left = await serverPid();
    expect(isAlive(left)).toBe(true);
    const postgres = await start();
    expect(isAlive(left)).toBe(false);
    expect(await query(postgres.url, 'SELECT * FROM facts')).toEqual([{ answer: 42 }]);
  });

  it('replaces such a server even when it is halted', async () => {
    const holder = await startHolder();
    await holder.answer();
    await holder.kill();
    process.kill(await serverPid(), 'SIGSTOP');
    const { url } = await start();
    expect(await query(url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  it('recovers when hub and server were both killed', async () => {
    const holder = await startHolder();
    const { url } = await holder.answer();
    await query(url as string, 'DROP TABLE IF EXISTS facts; CREATE TABLE facts AS SELECT 42 AS answer');
    const left = await serverPid();
    await holder.kill();
    process.kill(left, 'SIGKILL');
    await waitUntil(() => !isAlive(left), { what: 'the server to die' });
    const postgres = await start();
    expect(await query(postgres.url, 'SELECT * FROM facts')).toEqual([{ answer: 42 }]);
  });

  it('is not fooled by a pid file whose pid is another program now, and leaves that program alone', async () => {
    const bystander = spawn('sleep', ['60']);
    cleanups.push(async () => bystander.kill('SIGKILL'));
    await writeFile(
      join(directory, 'postgres', 'postmaster.pid'),
      `${bystander.pid}\n${directory}\n1\n1\n\n\n\nready\n`,
    );
    const { url } = await start();
    expect(await query(url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    expect(bystander.exitCode ?? bystander.signalCode).toBeNull();
  });
});

describe('one hub per data directory', () => {
  beforeEach(useShared);

  it('refuses a second one with the directory and the pid of the first', async () => {
    const holder = await startHolder();
    await holder.answer();
    await expect(start()).rejects.toThrow(
      `Another hub (process ${holder.child.pid}) runs on the data directory ${directory}.`,
    );
  });

  it('refuses a second one in the same process, and lets it in after the first has stopped', async () => {
    const first = await start();
    await expect(start()).rejects.toThrow(/Another hub/);
    await first.stop();
    await start();
  });
});

describe('while it runs', () => {
  beforeEach(useShared);

  it('restarts on the same port a server that was killed, and tells of it', async () => {
    const postgres = await start();
    const exits: unknown[] = [];
    postgres.onExit((exit) => exits.push(exit));
    await query(postgres.url, 'DROP TABLE IF EXISTS facts; CREATE TABLE facts AS SELECT 42 AS answer');
    process.kill(await serverPid(), 'SIGKILL');
    const rows = await waitUntil(() => query(postgres.url, 'SELECT * FROM facts'), {
      timeoutMs: 20_000,
      what: 'PostgreSQL to be back',
    });
    expect(rows).toEqual([{ answer: 42 }]);
    expect(exits).toEqual([{ code: null, signal: 'SIGKILL' }]);
  });

  it('is in no process group of ours, so that a Ctrl-C does not reach it', async () => {
    await start();
    const fields = (await readFile(`/proc/${await serverPid()}/stat`, 'utf8')).split(' ');
    expect(Number(fields[4])).toBe(await serverPid());
  });
});

describe('stop', () => {
  beforeEach(useShared);

  it('ends the server for good, clients or not, as often as it is called', async () => {
    const postgres = await start();
    const client = new pg.Client({ connectionString: postgres.url });
    client.on('error', () => undefined);
    await client.connect();
    const pid = await serverPid();
    await Promise.all([postgres.stop(), postgres.stop()]);
    expect(isAlive(pid)).toBe(false);
    expect(await readdir(join(directory, 'postgres'))).not.toContain('postmaster.pid');
    await client.end();
  });

  it('ends a server that is halted', async () => {
    const postgres = await start();
    const pid = await serverPid();
    process.kill(pid, 'SIGSTOP');
    await postgres.stop();
    expect(isAlive(pid)).toBe(false);
  });

  it('ends a server that is just being restarted', async () => {
    const postgres = await start();
    const died = new Promise((resolveExit) => postgres.onExit(resolveExit));
    process.kill(await serverPid(), 'SIGKILL');
    await died;
    await postgres.stop();
    expect(isAlive(await serverPid().catch(() => NOBODY * 1_000))).toBe(false);
  });
});

describe('what cannot work is said', () => {
  it('when there is a file instead of the data directory', async () => {
    directory = join(directory, 'file');
    await writeFile(directory, '');
    await expect(start()).rejects.toThrow(`The data directory ${directory} cannot be made`);
  });

  it('when something else lies where the database belongs', async () => {
    await mkdir(join(directory, 'postgres'));
    await writeFile(join(directory, 'postgres', 'notes.txt'), '');
    await expect(start()).rejects.toThrow(/is not empty and holds no PostgreSQL database/);
  });

  it('when the database is of another version', async () => {
    await mkdir(join(directory, 'postgres'));
    await writeFile(join(directory, 'postgres', 'PG_VERSION'), '17\n');
    await expect(start()).rejects.toThrow(/made by PostgreSQL 17/);
  });

  it('when the password is lost', async () => {
    useShared();
    const file = join(shared, 'postgres-password');
    await rename(file, `${file}.away`);
    cleanups.push(() => rename(`${file}.away`, file));
    await expect(start()).rejects.toThrow(/postgres-password is missing/);
  });

  it('when the platform has no binaries', async () => {
    await expect(platformPackage('plan9-x64')).rejects.toThrow(
      /no embedded PostgreSQL for this platform.*DATABASE_URL/,
    );
  });
});

describe.runIf(asRoot)('as an ordinary user', () => {
  it('runs', async () => {
    await chown(directory, NOBODY, NOBODY);
    const { url } = await (await startHolder(NOBODY)).answer();
    expect(await query(url as string, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    expect((await stat(join(directory, 'postgres'))).uid).toBe(NOBODY);
  });

  it('says when the directory is somebody else’s', async () => {
    await chmod(directory, 0o755);
    const { error } = await (await startHolder(NOBODY)).answer();
    expect(error).toContain(`The data directory ${directory} cannot be locked: permission denied`);
    expect(error).toContain('SPILLWAY_DATA_DIR');
  });

  it('runs as the database’s owner when root takes over, though others may not pass through the directory', async () => {
    await chown(directory, NOBODY, NOBODY);
    await chmod(directory, 0o700);
    const holder = await startHolder(NOBODY);
    await holder.answer();
    await holder.kill();
    await chown(directory, 0, 0);
    const { url } = await start();
    expect(await query(url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    expect((await stat(join(directory, 'postgres'))).uid).toBe(NOBODY);
  });
});
