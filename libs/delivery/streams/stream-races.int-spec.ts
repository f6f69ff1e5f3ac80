import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { newId, type NewEntry } from '../../domain/index.js';
import { silentLogger } from '../../observability/index.js';
import {
  RejectedEntryStore,
  StreamCursorStore,
  StreamEntryStore,
  StreamStore,
  type Transaction,
} from '../../persistence/index.js';
import type { Memory, Window } from '../../sinks/index.js';
import { waitUntil } from '../../testing/index.js';
import { SimulatedStream } from '../testing/simulated-stream.js';
import { StreamHarness } from '../testing/stream-harness.js';
import { CursorHolder, leaseUntil } from './cursor-holder.js';

const HOURS = 3_600_000;
let harness: StreamHarness;
let integration: string;
let run = 0;
let cluster: string;

beforeAll(async () => {
  harness = await StreamHarness.start();
});
beforeEach(async () => {
  cluster = `cluster-${(run += 1)}`;
  await harness.retire();
  Object.assign(harness, { line: new SimulatedStream() });
  integration = await harness.addIntegration([cluster]);
});
afterAll(() => harness.stop());

const line = (body: string, node = 'n1'): NewEntry => ({
  timeMs: harness.base.clock.now().getTime(),
  node,
  level: 'info',
  body,
});
const lines = (...bodies: string[]): NewEntry[] => bodies.map((body) => line(body));
const ledger = () => harness.base.ledgers.of(harness.base.projectId, integration);

/** A transaction that has done this, and is open until it is let go. */
async function open(work: (tx: Transaction) => Promise<unknown>) {
  const end = Promise.withResolvers<void>();
  const begun = Promise.withResolvers<void>();
  const done = harness.base.database.transaction(async (tx) => {
    await work(tx);
    begun.resolve();
    await end.promise;
  });
  await begun.promise;
  return async (): Promise<void> => {
    end.resolve();
    await done;
  };
}

/** Resolves when so many statements that contain this wait for a lock. */
const waiting = (text: string) =>
  waitUntil(
    async () => {
      const rows = await harness.base.database.query(
        `SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE $1 AND pid <> pg_backend_pid()
         AND datname = current_database()`,
        [`%${text}%`],
      );
      return rows.length > 0;
    },
    { what: `somebody to wait for a lock with ${text}` },
  );

describe('a part of the store', () => {
  it('is made beside those who read', async () => {
    const close = await open((tx) => tx.query('SELECT count(*) FROM stream_entries'));
    harness.base.clock.advance(5 * HOURS);
    await harness.append(cluster, lines('in a part of its own'));
    await close();
    expect(await ledger()).toMatchObject({ accepted: 1, inFlight: 1 });
  });

  it('that is dropped keeps nobody from reading while it waits for a cursor', async () => {
    const { database, clock } = harness.base;
    await harness.append(cluster, lines('a', 'b'));
    clock.advance(60 * HOURS);
    const close = await open((tx) =>
      tx.query('SELECT 1 FROM stream_cursors WHERE integration_id = $1 FOR UPDATE', [integration]),
    );
    const dropped = harness.retention.run();
    await waiting('FOR UPDATE OF cursor');
    await database.query('SELECT count(*) FROM stream_entries');
    await close();
    await dropped;
    expect(await ledger()).toMatchObject({ accepted: 2, expired: 2, balanced: true });
  });

  it('that is dropped waits for who has begun to read, and lets them end', async () => {
    const { clock } = harness.base;
    await harness.append(cluster, lines('a', 'b'));
    clock.advance(60 * HOURS);
    let dropped: Promise<void> | undefined;
    const close = await open(async (tx) => {
      // As a reader that has got as far as the table, and not to its parts.
      await tx.query('LOCK TABLE ONLY stream_entries IN ACCESS SHARE MODE');
      dropped = harness.retention.run();
      await waiting('LOCK TABLE ONLY');
      await tx.query('SELECT count(*) FROM stream_entries');
    });
    await close();
    await dropped;
    expect(await ledger()).toMatchObject({ expired: 2, balanced: true });
  });
});
describe('a first entry while its integration is changed', () => {
  it('is owed by nobody who is for other clusters once both have ended', async () => {
    const stored = Promise.withResolvers<void>();
    const end = Promise.withResolvers<void>();
    const { projectId } = harness.base;
    const batch = { projectId, source: 'logs', cluster, entries: lines('a') } as const;
    const added = harness.writer.append([batch], () => {
      stored.resolve();
      return end.promise;
    });
    await stored.promise;
    const rescoped = harness.rescope(integration, ['elsewhere']);
    await waiting('UPDATE integrations');
    end.resolve();
    await Promise.all([added, rescoped]);
    expect(await harness.cursors(integration)).toMatchObject([{ position: 1, endSeq: 1 }]);
    expect(await ledger()).toMatchObject({ accepted: 1, suppressed: 1, inFlight: 0, balanced: true });
  });
});
describe('what a cursor has settled', () => {
  it('counts once, also when the answer to the write was lost and nothing but one lane came on', async () => {
    const { database, clock } = harness.base;
    let lost = 1;
    const cursors = new (class extends StreamCursorStore {
      override async step(...parameters: Parameters<StreamCursorStore['step']>): Promise<boolean> {
        const isDone = await super.step(...parameters);
        if (lost-- > 0) throw new Error('Connection terminated unexpectedly');
        return isDone;
      }
    })();
    await harness.append(cluster, [line('a', 'n1'), line('b', 'n2'), line('c', 'n1'), line('d', 'n2')]);
    const id = (await harness.cursors(integration))[0]!.id;
    const [token, until] = [newId(), leaseUntil(clock.now())];
    const claimed = (await cursors.claim(database, id, token, clock.now(), until))!;
    const parts = { database, cursors, rejected: new RejectedEntryStore(), clock, logger: silentLogger };
    const holder = new CursorHolder(parts, claimed, token, until);
    const bounds = { limit: 10, maxBytes: 1_000_000 };
    const begin = { seq: 0, acceptedMs: 0 };
    const stretch = await new StreamEntryStore().after(database, claimed.streamId, begin, bounds);
    await holder.settle([{ seqs: [2, 4], end: 'delivered' }], undefined, stretch);
    expect(await ledger()).toMatchObject({ accepted: 4, delivered: 2, inFlight: 2, balanced: true });
    await holder.settle([{ seqs: [1, 3], end: 'delivered' }], undefined, stretch);
    expect(await ledger()).toMatchObject({ accepted: 4, delivered: 4, inFlight: 0, balanced: true });
  });
});
describe('what a sink remembers', () => {
  it('is nothing of later entries once a replay has moved the cursor back during a call', async () => {
    const { base } = harness;
    const windows: { first: number; memory: Memory }[] = [];
    const remembering = new (class extends SimulatedStream {
      override perParcel = 1;
      override pack(window: Window) {
        windows.push({ first: window.entries[0]?.seq ?? 0, memory: window.memory });
        const { parcels, ...rest } = super.pack(window);
        return { ...rest, parcels: parcels.map((one) => ({ ...one, memory: { last: one.seqs[0] } })) };
      }
    })();
    Object.assign(harness, { line: remembering });
    const since = base.clock.now();
    await harness.append(cluster, lines('a', 'b'));
    await harness.work();
    base.clock.advance(2_000);
    await harness.append(cluster, lines('c', 'd'));
    const tenant = { organizationId: 'o', projectId: base.projectId };
    remembering.meanwhile = () => harness.replay(tenant, integration, { since, dryRun: false });
    await harness.work();
    expect(windows).toEqual([
      { first: 1, memory: {} },
      { first: 3, memory: { last: 2 } },
      { first: 1, memory: {} },
    ]);
    expect(await ledger()).toMatchObject({ delivered: 6, inFlight: 0, balanced: true });
  });
});
describe('an integration that cannot be used as it is stored', () => {
  it('fails, and goes on when it has been mended', async () => {
    const { connections } = harness;
    harness.connections = {
      streamOf: () => {
        throw new Error('namespace is too long');
      },
    };
    await harness.append(cluster, lines('a'));
    await harness.work();
    harness.connections = connections;
    expect(await harness.base.integration(integration)).toMatchObject({
      health: 'failing',
      healthCode: 'configuration-unusable',
    });
    expect(await ledger()).toMatchObject({ parked: 1, balanced: true });
    harness.base.clock.advance(61_000);
    await harness.work();
    expect(await ledger()).toMatchObject({ delivered: 1, balanced: true });
  });
});
describe('an integration with very many cursors that are due', () => {
  it('hides none of the others', async () => {
    const { database, clock } = harness.base;
    const many = await harness.addIntegration();
    for (let count = 0; count < 4; count += 1) await harness.append(`of-many-${count}`, lines('a'));
    clock.advance(1_000);
    await harness.append(cluster, lines('a'));
    const share = { perIntegration: 2, inAll: 3 };
    const due = await new StreamStore(['awsCloudWatchLogs']).due(database, clock.now(), share);
    expect(due.map(({ integrationId }) => integrationId).toSorted()).toEqual(
      [integration, many, many].toSorted(),
    );
  });

  it('has no more than so many of them in one process', async () => {
    await harness.append(cluster, lines('a'));
    const { id: deliveryId, sink } = (await harness.cursors(integration))[0]!;
    const { worker } = harness;
    const due = { deliveryId, integrationId: integration, sink };
    const before = Array.from({ length: 64 }, () => worker.run({ ...due, deliveryId: newId() }));
    await worker.run(due);
    await Promise.all(before);
    expect(await ledger()).toMatchObject({ delivered: 0, inFlight: 1 });
    await worker.run(due);
    expect(await ledger()).toMatchObject({ delivered: 1, inFlight: 0 });
  });
});
describe('the rejected list', () => {
  it('keeps as many as it may, also of those that were refused together', async () => {
    const { database, clock } = harness.base;
    const store = new RejectedEntryStore();
    const failure = { code: 'late', reason: 'It is too old.' };
    const refused = (from: number, count: number) =>
      Array.from({ length: count }, (_, index) => ({
        entry: { ...line('a'), seq: from + index },
        failure,
      }));
    const now = clock.now();
    await store.add(database, integration, 1, refused(1, 10_000), now);
    await store.add(database, integration, 1, refused(20_000, 3), new Date(now.getTime() + 1));
    expect(await store.forget(database, new Date(0))).toBe(3);
    const [{ least }] = (await database.query(
      'SELECT min(seq)::int AS least FROM rejected_entries WHERE integration_id = $1',
      [integration],
    )) as [{ least: number }];
    expect(least).toBe(4);
    expect(await store.forget(database, new Date(now.getTime() + 1))).toBe(9_997);
  });
});
