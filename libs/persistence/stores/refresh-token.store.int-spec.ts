import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createTestDatabase, waitUntil, type TestDatabase } from '../../testing/index.js';
import type { Queryable } from '../database.js';
import { AccessStore } from './access.store.js';
import { IngestTokenStore } from './ingest-token.store.js';
import { RefreshTokenStore } from './refresh-token.store.js';

const ACCOUNT = '000000000000000admin';
const NOW = new Date('2026-11-20T12:00:00Z');
const DAY_MS = 86_400_000;
const before = (milliseconds: number) => new Date(NOW.getTime() - milliseconds);

const store = new RefreshTokenStore();
let test: TestDatabase;
beforeAll(async () => {
  test = await createTestDatabase();
  await test.database.query(`INSERT INTO organizations (id, name, created_at) VALUES ('o', 'acme', now())`);
  await test.database.query(
    `INSERT INTO projects (id, organization_id, name, created_at) VALUES ('p', 'o', 'orders', now())`,
  );
});
afterAll(() => test.close());
beforeEach(() => test.database.query('TRUNCATE refresh_tokens, ingest_tokens'));

const signIn = (id: string, createdAt = NOW) =>
  store.insert(test.database, {
    id,
    tokenHash: id,
    accountId: ACCOUNT,
    label: id,
    mfa: false,
    isSignIn: true,
    createdAt,
  });
const ids = async () => {
  const rows = await test.database.query<{ id: string }>('SELECT id FROM refresh_tokens ORDER BY id');
  return rows.map(({ id }) => id);
};

describe('sign-ins that were revoked', () => {
  it('are forgotten a day later, by the next sign-in; named tokens and those of others are not', async () => {
    for (const id of ['live', 'lately', 'long-ago', 'named', 'of-another']) await signIn(id);
    const revoke = (id: string, at: Date) =>
      test.database.query('UPDATE refresh_tokens SET revoked_at = $2 WHERE id = $1', [id, at]);
    await revoke('lately', before(DAY_MS));
    for (const id of ['long-ago', 'named', 'of-another']) await revoke(id, before(DAY_MS + 1));
    await test.database.query(`UPDATE refresh_tokens SET is_sign_in = false WHERE id = 'named'`);
    await test.database.query(`UPDATE refresh_tokens SET account_id = 'x' WHERE id = 'of-another'`);
    await test.database.transaction((tx) => store.keepSignIns(tx, ACCOUNT, 5, NOW));
    expect(await ids()).toEqual(['lately', 'live', 'named', 'of-another']);
  });
});

describe('the use of a token, noted to the minute', () => {
  it.each(['refresh_tokens', 'ingest_tokens'])(
    'of %s is written by one of many who come at once',
    async (table) => {
      await signIn('t');
      const ingestToken = { id: 't', projectId: 'p', label: 't', tokenHash: 't', createdAt: NOW };
      await new IngestTokenStore().insert(test.database, ingestToken);
      const use = () =>
        table === 'refresh_tokens'
          ? store.use(test.database, 't', NOW)
          : new AccessStore().ingestStanding(test.database, 't', NOW);
      const version = async (db: Queryable) => (await db.query(`SELECT xmin::text FROM ${table}`))[0];
      const isWaiting = async () => {
        const sql = `SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()`;
        return (await test.database.query(sql)).length > 0;
      };
      let second: Promise<unknown> | undefined;
      const written = await test.database.transaction(async (tx) => {
        await tx.query(`UPDATE ${table} SET last_used_at = $1`, [NOW]);
        // It sees the row as it was, and waits for this transaction.
        second = use();
        await waitUntil(isWaiting, { what: 'the second to wait for the first' });
        return version(tx);
      });
      expect(await second).toBeDefined();
      expect(await version(test.database)).toEqual(written);
    },
  );

  it('is written again a minute later', async () => {
    await signIn('t');
    const noted = async () =>
      (await test.database.query<{ at: Date }>('SELECT last_used_at AS at FROM refresh_tokens'))[0]?.at;
    await store.use(test.database, 't', before(60_000));
    await store.use(test.database, 't', before(1));
    expect(await noted()).toEqual(before(60_000));
    await store.use(test.database, 't', NOW);
    expect(await noted()).toEqual(NOW);
  });
});
