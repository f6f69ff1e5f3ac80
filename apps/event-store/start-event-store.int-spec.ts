import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { systemClock } from '../../libs/domain/index.js';
import type { Configuration } from '../../libs/event-store/configuration/index.js';
import type { ReceiverKind } from '../../libs/event-store/receivers/index.js';
import type { BackendSettings } from '../../libs/event-store/storage/index.js';
import { silentLogger } from '../../libs/observability/logging/index.js';
import { createEmptyDatabase } from '../../libs/testing/index.js';
import { startEventStore, type RunningEventStore } from './start-event-store.js';

const undo: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const step of undo.splice(0).toReversed()) await step();
});

async function started(
  backend: BackendSettings,
  receivers: Configuration['receivers'] = [],
  signal?: AbortSignal,
): Promise<RunningEventStore> {
  const configuration: Configuration = {
    receivers,
    storage: {
      retentionMs: 86_400_000,
      logRetentionMs: undefined,
      isStoringLogs: true,
      backend,
      info: { retention_time: '24h', flush_time: '1s', backend_type: backend.type },
    },
    api: {
      address: '127.0.0.1',
      port: 0,
      keepAlives: true,
      idleTimeoutMs: 0,
      jwtPublicKey: undefined,
      isSwaggerUiEnabled: false,
    },
    warnings: [],
    notes: [],
  };
  return startEventStore(configuration, { logger: silentLogger, clock: systemClock, signal });
}

async function postgresSettings(): Promise<{ settings: BackendSettings; drop: () => Promise<void> }> {
  const { url, close } = await createEmptyDatabase();
  const { hostname, port, username, password, pathname } = new URL(url);
  const settings: BackendSettings = {
    type: 'postgres',
    server: hostname,
    port: Number(port),
    database: pathname.slice(1),
    username: decodeURIComponent(username),
    password: decodeURIComponent(password),
    connectionTimeoutMs: 10_000,
    flags: ['sslmode=disable'],
  };
  return { settings, drop: close };
}

describe('an event store', () => {
  it('tells its counters also when the storage is away', async () => {
    const { settings, drop } = await postgresSettings();
    const store = await started(settings);
    undo.push(() => store.stop());
    const lines = { method: 'POST', body: 'job event="x"' };
    expect((await fetch(`${store.url}/api/write/?cluster=tc`, lines)).status).toBe(200);
    await drop();
    expect((await fetch(`${store.url}/api/write/?cluster=tc`, lines)).status).toBe(503);
    const response = await fetch(`${store.url}/api/stats/`);
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({
      manager: { errors: { write_failed: 1 }, status: { flushed: 1 } },
    });
  });

  it('does not start its receivers when it is called off while the storage is opened', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'spillway-event-store-'));
    undo.push(() => rm(directory, { recursive: true, force: true }));
    let made = 0;
    const kind: ReceiverKind = {
      type: 'unwanted',
      schema: z.object({}),
      create: () => {
        made += 1;
        return { start: async () => undefined, stop: async () => undefined };
      },
    };
    const ending = new AbortController();
    const receivers = [{ name: 'a', kind, settings: {}, process: undefined }];
    const starting = started({ type: 'sqlite', path: directory, flags: [] }, receivers, ending.signal);
    ending.abort();
    await expect(starting).rejects.toBe(ending.signal.reason);
    expect(made).toBe(0);
  });

  it('stops its receivers together: none waits for the patience of another', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'spillway-event-store-'));
    undo.push(() => rm(directory, { recursive: true, force: true }));
    const all = Promise.withResolvers<void>();
    let stopping = 0;
    const kind: ReceiverKind = {
      type: 'patient',
      schema: z.object({}),
      create: () => ({
        start: async () => undefined,
        stop: () => {
          if ((stopping += 1) === 3) all.resolve();
          return all.promise;
        },
      }),
    };
    const receivers = ['a', 'b', 'c'].map((name) => ({ name, kind, settings: {}, process: undefined }));
    const store = await started({ type: 'sqlite', path: directory, flags: [] }, receivers);
    await store.stop();
    expect(stopping).toBe(3);
  });
});
