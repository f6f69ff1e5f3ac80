import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { silentLogger } from '../../observability/index.js';
import { connectToRunning, startEmbeddedPostgres, type EmbeddedPostgres } from './index.js';

let directory: string;
let postgres: EmbeddedPostgres;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'spillway-running-'));
  postgres = await startEmbeddedPostgres({ directory, logger: silentLogger, durable: false });
});
afterAll(async () => {
  await postgres.stop();
  await rm(directory, { recursive: true, force: true });
});

describe("another process of the hub's machine", () => {
  it('reaches the database of a hub that runs', async () => {
    const url = await connectToRunning(directory);
    expect(url).toBe(postgres.url);
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    expect((await client.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
    await client.end();
  });

  it('does not take the directory from the hub by asking', async () => {
    await connectToRunning(directory);
    const second = startEmbeddedPostgres({ directory, logger: silentLogger });
    await expect(second).rejects.toThrow('Another hub');
  });

  it('is told when no hub runs, and when there is no database', async () => {
    await postgres.stop();
    expect(await connectToRunning(directory)).toBeUndefined();
    await expect(connectToRunning(join(directory, 'elsewhere'))).rejects.toThrow(
      'There is no embedded database in',
    );
    postgres = await startEmbeddedPostgres({ directory, logger: silentLogger, durable: false });
    expect(await connectToRunning(directory)).toBe(postgres.url);
  });
});
