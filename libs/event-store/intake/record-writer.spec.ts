import { Writable } from 'node:stream';
import fc from 'fast-check';
import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import type { EventRecord } from '../record/index.js';
import { EventStoreStats } from '../stats/index.js';
import { StorageRefused, StorageUnavailable } from '../storage/index.js';
import { anEventRecord } from '../testing/event-records.js';
import { FakeBackend } from '../testing/fake-backend.js';
import { IntakeFull, RecordWriter } from './index.js';

const NEVER_FULL = 1e9;

function writerOver(backend: FakeBackend, maxWaitingCharacters = NEVER_FULL) {
  const stats = new EventStoreStats();
  const log: Record<string, unknown>[] = [];
  const output = new Writable({
    write: (chunk, _encoding, done) => {
      log.push(JSON.parse(String(chunk)) as Record<string, unknown>);
      done();
    },
  });
  const logger = pino({ base: null, timestamp: false }, output);
  return { stats, log, writer: new RecordWriter({ backend, stats, logger, maxWaitingCharacters }) };
}
const payloadsOf = (records: readonly EventRecord[]): string[] => records.map(({ payload }) => payload);
const info = { retention_time: '24h', flush_time: '1s', backend_type: 'sqlite' };

describe('a writer', () => {
  it('resolves when the records are stored, and not before', async () => {
    const backend = new FakeBackend();
    const { writer } = writerOver(backend);
    let isDone = false;
    const appending = writer.append([anEventRecord({ payload: 'a' })]).then(() => (isDone = true));
    const call = await backend.nextCall();
    expect(isDone).toBe(false);
    call.succeed();
    await appending;
    expect(payloadsOf(backend.stored)).toEqual(['a']);
  });

  it('D29: says once in the log why nothing can be stored, and when it can again', async () => {
    const backend = new FakeBackend({ isPatient: false, awayCalls: 3, refused: 'bad' });
    const { writer, log } = writerOver(backend);
    for (let tries = 0; tries < 3; tries += 1)
      await expect(writer.append([anEventRecord({ payload: 'a' })])).rejects.toThrow(StorageUnavailable);
    await writer.append([anEventRecord({ payload: 'a' })]);
    // What is wrong with records is their sender's to know.
    await expect(writer.append([anEventRecord({ payload: 'bad' })])).rejects.toThrow(StorageRefused);
    await writer.append([anEventRecord({ payload: 'b' })]);
    expect(log).toEqual([
      { level: 50, event: 'event-store.write.failed', reason: 'away' },
      { level: 30, event: 'event-store.write.recovered' },
    ]);
  });

  it('puts what comes while a transaction is under way into the next one, in its order', async () => {
    const backend = new FakeBackend();
    const { writer, stats } = writerOver(backend);
    const all = [writer.append([anEventRecord({ payload: 'a' })])];
    const first = await backend.nextCall();
    all.push(
      writer.append([anEventRecord({ payload: 'b' }), anEventRecord({ payload: 'c' })]),
      writer.append([anEventRecord({ payload: 'd' })]),
    );
    first.succeed();
    const second = await backend.nextCall();
    expect(payloadsOf(second.records)).toEqual(['b', 'c', 'd']);
    second.succeed();
    await Promise.all(all);
    expect(stats.view(info).manager.status).toEqual({ write_batch: 2, flushed: 4 });
  });

  it('D1: loses nothing at the edge of a batch, however large batches are', async () => {
    const backend = new FakeBackend({ isPatient: false });
    const { writer } = writerOver(backend);
    const sizes = [63, 1, 20, 21, 19, 1_000];
    await Promise.all(
      sizes.map((size, index) =>
        writer.append(
          Array.from({ length: size }, (_, place) => anEventRecord({ payload: `${index}-${place}` })),
        ),
      ),
    );
    const expected = sizes.flatMap((size, index) =>
      Array.from({ length: size }, (_, place) => `${index}-${place}`),
    );
    expect(payloadsOf(backend.stored)).toEqual(expected);
  });

  it('D26: stores the others one by one when the database refuses one of them', async () => {
    const backend = new FakeBackend({ isPatient: false, refused: 'bad' });
    const { writer } = writerOver(backend);
    const results = await Promise.allSettled(
      ['a', 'bad', 'c'].map((payload) => writer.append([anEventRecord({ payload: payload })])),
    );
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(payloadsOf(backend.stored)).toEqual(['a', 'c']);
    expect((results[1] as PromiseRejectedResult).reason).toBeInstanceOf(StorageRefused);
  });

  it('D29: tells everybody whose records were not stored, and counts it', async () => {
    const backend = new FakeBackend();
    const { writer, stats } = writerOver(backend);
    const appending = Promise.allSettled([
      writer.append([anEventRecord({ payload: 'a' })]),
      writer.append([anEventRecord({ payload: 'b' })]),
    ]);
    (await backend.nextCall()).fail(new StorageUnavailable('away'));
    for (const result of await appending)
      expect(result).toMatchObject({ status: 'rejected', reason: expect.any(StorageUnavailable) as unknown });
    expect(backend.calls).toBe(1);
    expect(stats.view(info)).toMatchObject({
      manager: { errors: { write_failed: 1 } },
      backend: { errors: { write_sql_exec_failed: 1 } },
    });
  });

  it('D33: takes no more in than may wait, and again when there is room', async () => {
    const backend = new FakeBackend();
    const { writer } = writerOver(backend, 1_000);
    const first = writer.append([anEventRecord({ payload: 'a'.repeat(5_000) })]);
    const call = await backend.nextCall();
    await expect(writer.append([anEventRecord({ payload: 'b' })])).rejects.toThrow(IntakeFull);
    call.succeed();
    await first;
    const again = writer.append([anEventRecord({ payload: 'b' })]);
    (await backend.nextCall()).succeed();
    await again;
  });

  it('D30: is drained when all that was taken in is stored', async () => {
    const backend = new FakeBackend();
    const { writer } = writerOver(backend);
    let isDrained = false;
    const appending = writer.append([anEventRecord({ payload: 'a' })]);
    const call = await backend.nextCall();
    const later = writer.append([anEventRecord({ payload: 'b' })]);
    const draining = writer.drained().then(() => (isDrained = true));
    call.succeed();
    await appending;
    expect(isDrained).toBe(false);
    (await backend.nextCall()).succeed();
    await Promise.all([later, draining]);
  });

  it('does nothing for nothing', async () => {
    const backend = new FakeBackend();
    await writerOver(backend).writer.append([]);
    expect(backend.calls).toBe(0);
  });
});

it('D22: stores each batch once and whole or tells its sender, whatever the database does', async () => {
  const outcome = fc.constantFrom('stores', 'refuses', 'away');
  const batches = fc.array(fc.record({ size: fc.integer({ min: 1, max: 5 }), outcome }), { maxLength: 12 });
  await fc.assert(
    fc.asyncProperty(batches, fc.integer({ min: 0, max: 3 }), async (plan, awayCalls) => {
      const backend = new FakeBackend({ isPatient: false, refused: 'refuses', awayCalls });
      const { writer } = writerOver(backend);
      const results = await Promise.allSettled(
        plan.map(({ size, outcome: what }, index) =>
          writer.append(
            Array.from({ length: size }, (_, place) =>
              anEventRecord({ payload: `${index}.${place}.${what}` }),
            ),
          ),
        ),
      );
      const expected = plan.flatMap(({ size, outcome: what }, index) =>
        results[index]!.status === 'fulfilled'
          ? Array.from({ length: size }, (_, place) => `${index}.${place}.${what}`)
          : [],
      );
      expect(payloadsOf(backend.stored).sort()).toEqual(expected.sort());
    }),
    { numRuns: 500 },
  );
});
