import { randomBytes } from 'node:crypto';
import { setImmediate as breathe } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openSecrets, sealSecrets } from '../../delivery/index.js';
import { createDataSource, Database } from '../../persistence/index.js';
import { createTestDatabase, type TestDatabase } from '../../testing/index.js';
import { SecretBox } from '../secret-box.js';
import { Reseal, type RunningReseal } from './reseal.js';
import { SEALED_COLUMNS } from './sealed-columns.js';

const INTEGRATIONS = 2_000;
const [earlierKey, presentKey] = [randomBytes(32), randomBytes(32)];
const earlier = new SecretBox(earlierKey);
const ring = [presentKey, earlierKey];
const box = new SecretBox(() => ring);
const alone = new SecretBox(presentKey);
const TIME = new Date('2026-01-01T00:00:00Z');

let testDatabase: TestDatabase;
let database: Database;
beforeAll(async () => {
  testDatabase = await createTestDatabase();
  ({ database } = testDatabase);
});
afterAll(() => testDatabase.close());
beforeEach(async () => {
  for (const { table } of SEALED_COLUMNS) await database.query(`DELETE FROM "${table}"`);
  await seed();
});

const ids = Array.from({ length: INTEGRATIONS }, (_, index) => `i${String(index).padStart(6, '0')}`);
const secretsOf = (id: string) => ({ token: `token-of-${id}` });

async function seed(): Promise<void> {
  await database.query(
    `INSERT INTO integrations (id, organization_id, project_id, description, sink, source, config, secrets, display, status, created_at, updated_at)
     SELECT id, 'o', 'p', 'alerts', 'slack', 'issues', '{}', secrets, '{}', 'active', $3, $3
     FROM unnest($1::text[], $2::text[]) AS row (id, secrets)`,
    [ids, ids.map((id) => sealSecrets(earlier, id, secretsOf(id))), TIME],
  );
  await database.query(
    `INSERT INTO clusters (id, project_id, name, tls, credentials, created_at, updated_at)
     VALUES ('c1', 'p', 'one', '{}', $1, $2, $2), ('c2', 'p', 'two', '{}', NULL, $2, $2)`,
    [earlier.seal('{"username":"admin","password":"changeit"}', 'cluster:c1'), TIME],
  );
  await database.query(
    `INSERT INTO accounts (id, name, totp_secret, created_at, updated_at) VALUES ('a1', 'Ada', $1, $2, $2)`,
    [earlier.seal('totp', 'account:a1'), TIME],
  );
  await database.query(
    `INSERT INTO signing_keys (id, private_key, jwk, created_at, signs_from) VALUES ('k1', $1, '{}', $2, $2)`,
    [earlier.seal('pem', 'signing-key:k1'), TIME],
  );
}

const integrations = () =>
  database.query<{ id: string; secrets: string; updated_at: Date; description: string }>(
    'SELECT id, secrets, updated_at, description FROM integrations ORDER BY id',
  );

/** How many values of any table are not sealed with the present key. */
async function left(): Promise<number> {
  let count = 0;
  for (const { table, column } of SEALED_COLUMNS) {
    const rows = await database.query<{ value: string }>(
      `SELECT "${column}" AS value FROM "${table}" WHERE "${column}" IS NOT NULL`,
    );
    count += rows.filter(({ value }) => !value.startsWith(alone.presentPrefix)).length;
  }
  return count;
}

/** People who go on changing integrations, as a hub that has the present key does, until they are told to stop. */
function busyPeople(): { stop(): Promise<Map<string, string>> } {
  const written = new Map<string, string>();
  const end = new AbortController();
  const editing = (async () => {
    for (let round = 0; !end.signal.aborted; round += 1) {
      const id = ids[(round * 7_919) % INTEGRATIONS]!;
      const token = `edited-${round}`;
      await database.transaction(async (tx) => {
        await tx.query('SELECT 1 FROM integrations WHERE id = $1 FOR UPDATE', [id]);
        await breathe();
        await tx.query('UPDATE integrations SET secrets = $2 WHERE id = $1', [
          id,
          sealSecrets(box, id, { token }),
        ]);
      });
      written.set(id, token);
    }
  })();
  return {
    stop: async () => {
      end.abort();
      await editing;
      return written;
    },
  };
}

describe('sealing anew', () => {
  it('leaves no value of an earlier key, of every table, and changes nothing else', async () => {
    const progress: RunningReseal[] = [];
    const result = await new Reseal(database, box, { onProgress: (one) => progress.push(one) }).run();
    expect(result).toEqual({
      resealed: INTEGRATIONS + 3,
      tables: [
        { table: 'integrations', done: INTEGRATIONS, total: INTEGRATIONS },
        { table: 'clusters', done: 1, total: 1 },
        { table: 'accounts', done: 1, total: 1 },
        { table: 'signing_keys', done: 1, total: 1 },
      ],
      unreadable: [],
    });
    expect(await left()).toBe(0);
    for (const { id, secrets, updated_at: updatedAt } of await integrations()) {
      expect(openSecrets(alone, id, secrets)).toEqual(secretsOf(id));
      expect(updatedAt).toEqual(TIME);
    }
    const dones = progress.filter(({ table }) => table === 'integrations').map(({ done }) => done);
    expect(dones).toEqual(dones.toSorted((a, b) => a - b));
    expect(dones.at(-1)).toBe(INTEGRATIONS);
  });

  it('goes on where a run was killed, beside people who change the same rows', async () => {
    const people = busyPeople();
    const killed = new Database(createDataSource({ url: testDatabase.url, poolSize: 1 }));
    await killed.dataSource.initialize();
    const [connection] = await killed.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
    let kill: Promise<unknown> | undefined;
    const cut = new Reseal(killed, box, {
      onProgress: ({ done }) => {
        if (done > 500) kill ??= database.query('SELECT pg_terminate_backend($1)', [connection?.pid]);
      },
    });
    await expect(cut.run()).rejects.toThrow();
    await kill;
    await killed.dataSource.destroy();
    const afterKill = await left();
    expect(afterKill).toBeGreaterThan(0);
    expect(afterKill).toBeLessThan(INTEGRATIONS - 400);
    const { resealed, unreadable } = await new Reseal(database, box).run();
    const written = await people.stop();
    expect(unreadable).toEqual([]);
    expect(resealed).toBeLessThanOrEqual(afterKill);
    expect(written.size).toBeGreaterThan(10);
    expect(await left()).toBe(0);
    for (const { id, secrets } of await integrations())
      expect(openSecrets(alone, id, secrets)).toEqual(
        written.has(id) ? { token: written.get(id) } : secretsOf(id),
      );
  });

  it('does not overwrite what was changed in the meantime, and takes it into account', async () => {
    const id = ids[0]!;
    let changed: Promise<unknown> | undefined;
    // Somebody holds the row while the first pass goes by, and leaves a value of the earlier key behind.
    await new Promise<void>((resolve, reject) => {
      changed = database
        .transaction(async (tx) => {
          await tx.query('SELECT 1 FROM integrations WHERE id = $1 FOR UPDATE', [id]);
          resolve();
          while ((await left()) > 1 + 3) await breathe();
          await tx.query('UPDATE integrations SET secrets = $2 WHERE id = $1', [
            id,
            sealSecrets(earlier, id, { token: 'later' }),
          ]);
        })
        .catch(reject);
    });
    await new Reseal(database, box).run();
    await changed;
    expect(await left()).toBe(0);
    expect(openSecrets(alone, id, (await integrations())[0]!.secrets)).toEqual({ token: 'later' });
  });

  it('names what no key opens by table and id, tells nothing of it, and does the rest', async () => {
    const lost = sealSecrets(new SecretBox(randomBytes(32)), ids[5]!, { token: 'planted-secret' });
    await database.query('UPDATE integrations SET secrets = $2 WHERE id = $1', [ids[5], lost]);
    const { unreadable, tables } = await new Reseal(database, box).run();
    expect(unreadable).toEqual([
      { table: 'integrations', id: ids[5], reason: expect.stringContaining('sealed with key') },
    ]);
    expect(JSON.stringify(unreadable)).not.toContain(lost.slice(15));
    expect(tables[0]).toEqual({ table: 'integrations', done: INTEGRATIONS - 1, total: INTEGRATIONS });
    expect(await left()).toBe(1);
  });

  it('changes nothing on a trial, and says what it would do', async () => {
    const { resealed } = await new Reseal(database, box, { isTrial: true }).run();
    expect(resealed).toBe(INTEGRATIONS + 3);
    expect(await left()).toBe(INTEGRATIONS + 3);
  });

  it('has nothing to do the second time', async () => {
    await new Reseal(database, box).run();
    expect((await new Reseal(database, box).run()).resealed).toBe(0);
  });
});
