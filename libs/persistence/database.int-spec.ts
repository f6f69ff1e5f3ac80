import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../testing/index.js';

describe('a transaction', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase();
    await database.database.query('CREATE TABLE pairs (id integer PRIMARY KEY, touched integer NOT NULL)');
    await database.database.query('INSERT INTO pairs VALUES (1, 0), (2, 0)');
  });
  afterAll(() => database.close());

  const touch = (id: number) => `UPDATE pairs SET touched = touched + 1 WHERE id = ${id}`;

  it('is run again when it was the victim of a deadlock', async () => {
    const firstRows = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const bothHold = Promise.all(firstRows.map(({ promise }) => promise));
    const runs = [0, 0];
    const cross = (own: 0 | 1): Promise<void> =>
      database.database.transaction(async (tx) => {
        runs[own]! += 1;
        await tx.query(touch(own + 1));
        firstRows[own]!.resolve();
        await bothHold;
        await tx.query(touch(2 - own));
      });
    await Promise.all([cross(0), cross(1)]);
    expect(runs[0]! + runs[1]!).toBeGreaterThan(2);
    expect(await database.database.query('SELECT touched FROM pairs')).toEqual([
      { touched: 2 },
      { touched: 2 },
    ]);
  });

  it('passes any other error on at once, and keeps nothing of what it did', async () => {
    let runs = 0;
    const failing = database.database.transaction(async (tx) => {
      runs += 1;
      await tx.query('DELETE FROM pairs');
      throw new Error('as scripted');
    });
    await expect(failing).rejects.toThrow('as scripted');
    expect(runs).toBe(1);
    expect(await database.database.query('SELECT id FROM pairs')).toHaveLength(2);
  });
});
