import { readFileSync, rmSync } from 'node:fs';
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLogger } from '../observability/index.js';
import { discardEmbeddedPostgres, startEmbeddedPostgres } from '../persistence/embedded/index.js';
import { makeTemplate, TEMPLATE_DATABASE } from './template-database.js';
import { announceMissingNats } from './nats-server.js';
import { discardRedis, startRedis } from './redis-server.js';

const PREFIX = 'spillway-test-run-';
const LOCKED_AFTER_MS = 10_000;

/** The servers of one test run. */
export interface TestServers {
  readonly postgresUrl: string;
  readonly templateDatabase: string;
  readonly redisUrl: string | null;
  /** Stops them and removes all they wrote. */
  stop(): Promise<void>;
}

/** Starts PostgreSQL with a migrated template database, and Redis where there is one, in a directory of their own. */
export async function startTestServers(): Promise<TestServers> {
  await sweepKilledRuns();
  const directory = await mkdtemp(join(tmpdir(), PREFIX));
  const stops: (() => Promise<void>)[] = [() => rm(directory, { recursive: true, force: true })];
  const stop = async (): Promise<void> => {
    for (const one of stops.splice(0).reverse()) await one();
  };
  try {
    const postgres = await startEmbeddedPostgres({ directory, logger: silentLogger, durable: false });
    stops.push(() => postgres.stop());
    const forget = killOnExit(directory);
    stops.push(async () => forget());
    await makeTemplate(postgres.url);
    const redis = await startRedis(directory);
    if (redis) stops.push(() => redis.stop());
    await announceMissingNats();
    return {
      postgresUrl: postgres.url,
      templateDatabase: TEMPLATE_DATABASE,
      redisUrl: redis?.url ?? null,
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Vitest may end without teardown (a second Ctrl-C); PostgreSQL is in a session of its own and would go on. */
function killOnExit(directory: string): () => void {
  const kill = (): void => {
    process.kill(
      Number(readFileSync(join(directory, 'postgres', 'postmaster.pid'), 'utf8').split('\n')[0]),
      'SIGQUIT',
    );
    rmSync(directory, { recursive: true, force: true, maxRetries: 5 });
  };
  process.once('exit', kill);
  return () => process.off('exit', kill);
}

/** A run that was killed outright leaves servers and files behind; runs that still go on hold the lock. */
async function sweepKilledRuns(): Promise<void> {
  for (const name of await readdir(tmpdir())) {
    if (!name.startsWith(PREFIX)) continue;
    const directory = join(tmpdir(), name);
    try {
      // A run that begins just now has its directory a moment before it has the lock.
      if (Date.now() - (await stat(directory)).mtimeMs < LOCKED_AFTER_MS) continue;
      await discardEmbeddedPostgres(directory, silentLogger);
      await discardRedis(directory);
      await rm(directory, { recursive: true, force: true });
    } catch {
      // In use by another run, or another user's.
    }
  }
}
