import pg from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { waitUntil } from '../../../testing/index.js';
import { allOf, atMost } from '../../testing/backend-under-test.js';
import { anEventRecord } from '../../testing/event-records.js';
import type { EventRecord } from '../../record/index.js';
import { StorageRefused, StorageUnavailable, type StorageBackend } from '../storage-backend.js';
import { CuttingProxy } from './cutting-proxy.fixture.js';
import { openPostgresBackend } from './index.js';
import { createTestBackends, testParts, type TestBackends } from './postgres.fixture.js';

describe('PostgreSQL: what may go wrong', () => {
  let rig: TestBackends;
  let client: pg.Client;
  beforeEach(async () => {
    rig = await createTestBackends();
    client = new pg.Client(rig.url);
    await client.connect();
  });
  afterEach(async () => {
    await client.end();
    await rig.close();
  });

  const terminateOthers = () =>
    client.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
       WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'`,
    );

  /** Whoever is told that the storage is unavailable tries again. */
  const stored = (backend: StorageBackend, record: EventRecord): Promise<true> =>
    waitUntil(() => backend.store([record]).then(() => true as const), { what: 'the record to be stored' });

  it('goes on after the database ended every connection', async () => {
    const backend = await rig.open();
    await backend.store([anEventRecord({ payload: 'before' })]);
    await terminateOthers();
    await stored(backend, anEventRecord({ payload: 'after' }));
    expect((await allOf(backend, 'alpha')).map(({ payload }) => payload)).toEqual(['before', 'after']);
  });

  it('says that the storage is unavailable when a connection is ended while it stores', async () => {
    const backend = await rig.open();
    await backend.store([anEventRecord()]);
    // Whoever stores has to wait for this lock. It is held by another: who is in a transaction sees no news of others.
    const holder = new pg.Client(rig.url);
    holder.on('error', () => undefined);
    await holder.connect();
    await holder.query('BEGIN; LOCK TABLE event_store_events IN ACCESS EXCLUSIVE MODE');
    const storing = backend.store([anEventRecord({ payload: 'cut off' })]);
    const outcome = storing.catch((error: unknown) => error);
    const waiting = `SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE 'COPY event_store%'
                     AND datname = current_database()`;
    await waitUntil(async () => (await client.query(waiting)).rowCount === 1, { what: 'it to wait' });
    await terminateOthers();
    expect(await outcome).toBeInstanceOf(StorageUnavailable);
    await stored(backend, anEventRecord({ payload: 'later' }));
    const payloads = (await allOf(backend, 'alpha')).map(({ payload }) => payload);
    expect(payloads).toContain('later');
    expect(payloads).not.toContain('cut off');
  });

  it('knows of a batch that was stored although the connection broke before the answer', async () => {
    const proxy = await CuttingProxy.before(rig.settings);
    const backend = await openPostgresBackend({ ...rig.settings, ...proxy.place }, testParts());
    try {
      await backend.store([anEventRecord({ payload: 'first' })]);
      proxy.cutNextAnswerToCopy();
      await backend.store([anEventRecord({ payload: 'second' })]);
      expect(proxy.cuts).toBe(1);
      expect((await allOf(backend, 'alpha')).map(({ payload }) => payload)).toEqual(['first', 'second']);
    } finally {
      await backend.close();
      await proxy.close();
    }
  });

  it('D13, D14, D26: refuses what no text column takes, alone and as a whole', async () => {
    const backend = await rig.open();
    const poisoned = backend.store([anEventRecord(), anEventRecord({ payload: 'a\0b' })]);
    await expect(poisoned).rejects.toThrow(StorageRefused);
    expect(await allOf(backend, 'alpha')).toEqual([]);
    await backend.store([anEventRecord()]);
    expect(await allOf(backend, 'alpha')).toHaveLength(1);
    const asked = { kind: 'event', cluster: 'alpha', hostname: 'a\0b', fromMs: 0, toMs: Infinity } as const;
    expect(await backend.select(asked, atMost(10))).toEqual({ records: [], hasMore: false });
    expect(await backend.hosts('a\0b')).toEqual([]);
  });

  it('D15: fails to forget when a table is gone, and answers all the same afterwards', async () => {
    const backend = await rig.open();
    await client.query('ALTER TABLE event_store_events RENAME TO away');
    await expect(backend.forget('event', 1_000)).rejects.toThrow(StorageUnavailable);
    expect(await backend.activeTables()).toBe(0);
    await client.query('ALTER TABLE away RENAME TO event_store_events');
    expect(await backend.forget('event', 1_000)).toBe(0);
  });

  it('names server, port and database when there is none, and never the password', async () => {
    const settings = { ...rig.settings, port: 1, username: 'somebody', password: 'very secret' };
    const opening = openPostgresBackend(settings, testParts(), { patienceMs: 0 });
    const failure = await opening.then(
      () => '',
      (error: Error) => error.message,
    );
    expect(failure).toMatch(
      /database test_\w+ of the PostgreSQL server 127\.0\.0\.1, port 1: .*ECONNREFUSED/,
    );
    expect(failure).not.toContain('secret');
  });

  it('does not wait for a database that is not there while its server is', async () => {
    const settings = { ...rig.settings, database: 'no"such;database' };
    await expect(openPostgresBackend(settings, testParts())).rejects.toThrow(
      /no"such;database.*does not exist/,
    );
  });

  it('waits for a server that starts together with it', async () => {
    const proxy = await CuttingProxy.before(rig.settings);
    const { place } = proxy;
    await proxy.close();
    const opening = openPostgresBackend({ ...rig.settings, ...place }, testParts());
    await proxy.listen(place.port);
    const backend = await opening;
    await backend.store([anEventRecord()]);
    await backend.close();
    await proxy.close();
  });

  it('is called off while another process makes the tables', async () => {
    const holder = new pg.Client(rig.url);
    await holder.connect();
    try {
      await holder.query("BEGIN; SELECT pg_advisory_xact_lock(x'45565343'::int)");
      const ending = new AbortController();
      const opening = openPostgresBackend(rig.settings, { ...testParts(), signal: ending.signal });
      const outcome = opening.catch((error: unknown) => error);
      const waiting = `SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()`;
      await waitUntil(async () => (await client.query(waiting)).rowCount === 1, { what: 'it to wait' });
      ending.abort();
      expect(await outcome).toBe(ending.signal.reason);
    } finally {
      await holder.end();
    }
  });

  it('does without encryption where the server has none, unless that is asked for', async () => {
    const backend = await openPostgresBackend({ ...rig.settings, flags: [] }, testParts());
    await backend.store([anEventRecord()]);
    await backend.close();
    const strict = { ...rig.settings, flags: ['sslmode=require'] };
    await expect(openPostgresBackend(strict, testParts())).rejects.toThrow(/does not support SSL/);
  });

  it('says what is in the way when it may not make its tables', async () => {
    const role = `reader_${rig.settings.database}`;
    await client.query(
      `CREATE ROLE ${role} LOGIN PASSWORD 'very secret'; REVOKE CREATE ON SCHEMA public FROM public`,
    );
    const settings = { ...rig.settings, username: role, password: 'very secret' };
    try {
      await expect(openPostgresBackend(settings, testParts())).rejects.toThrow(
        /^Cannot make the tables of the event store in the database test_\w+ .*permission denied for schema public$/,
      );
    } finally {
      await client.query(`DROP ROLE ${role}`);
    }
  });

  it('refuses tables of a later version', async () => {
    await rig.open();
    await client.query('INSERT INTO event_store_schema (version) VALUES (99)');
    await expect(rig.open()).rejects.toThrow(/version 99/);
  });
});
