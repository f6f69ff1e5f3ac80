import 'reflect-metadata';
import { randomBytes } from 'node:crypto';
import { Test } from '@nestjs/testing';
import { describe, expect, it } from 'vitest';
import { loadSettings } from '../../libs/config/index.js';
import { Metrics, silentLogger } from '../../libs/observability/index.js';
import { createDataSource, Database } from '../../libs/persistence/index.js';
import { Queues } from '../../libs/queues/index.js';
import { CollectorModule } from './collector.module.js';
import { startCollector } from './start-collector.js';

const SECRET_KEY = randomBytes(32).toString('base64');
const URL = 'postgres://nobody@127.0.0.1:1/nowhere';

describe('the collector, put together', () => {
  it('finds every dependency, and works on the polls and nothing else', async () => {
    const queues = new Queues({ databaseUrl: URL, logger: silentLogger });
    const platform = {
      settings: loadSettings({ DATABASE_URL: URL, SPILLWAY_SECRET_KEY: SECRET_KEY }),
      logger: silentLogger,
      metrics: new Metrics(),
      database: new Database(createDataSource({ url: URL })),
      queues,
    };
    await Test.createTestingModule({ imports: [CollectorModule.of(platform)] }).compile();
    expect(queues.handled.toSorted()).toEqual(['collection', 'collection.logs']);
  });
});

describe('a collector without', () => {
  const problemsOf = async (environment: NodeJS.ProcessEnv): Promise<string> => {
    const failure: unknown = await startCollector(loadSettings(environment), silentLogger).catch(
      (error: unknown) => error,
    );
    return (failure as Error).message;
  };

  it('a database to share says that it needs one, and starts none of its own', async () => {
    expect(await problemsOf({ SPILLWAY_SECRET_KEY: SECRET_KEY })).toContain('DATABASE_URL is needed');
  });

  it("the hub's key says so before it connects", async () => {
    expect(await problemsOf({ DATABASE_URL: URL })).toContain('SPILLWAY_SECRET_KEY is needed');
  });
});
