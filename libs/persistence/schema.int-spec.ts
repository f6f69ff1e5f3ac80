import { afterEach, describe, expect, it } from 'vitest';
import { createEmptyDatabase, createTestDatabase } from '../testing/index.js';
import { createDataSource, migrate } from './data-source.js';

const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function connect(url: string) {
  const dataSource = createDataSource({ url, poolSize: 3 });
  await dataSource.initialize();
  cleanups.push(() => dataSource.destroy());
  return dataSource;
}

describe('schema', () => {
  it('of the migrations is the schema of the entities', async () => {
    const test = await createTestDatabase();
    cleanups.push(test.close);
    const changes = await test.database.dataSource.driver.createSchemaBuilder().log();
    expect(changes.upQueries.map(({ query }) => query)).toEqual([]);
  });

  it('is migrated once by two hubs that start together, and not again by a third', async () => {
    const empty = await createEmptyDatabase();
    cleanups.push(empty.close);
    const [first, second] = await Promise.all([connect(empty.url), connect(empty.url)]);
    const ran = await Promise.all([migrate(first), migrate(second)]);
    expect(ran.map((names) => names.length).toSorted((a, b) => a - b)).toEqual([0, first.migrations.length]);
    expect(await migrate(second)).toEqual([]);
  });
});
