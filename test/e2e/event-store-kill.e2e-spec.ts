import { setTimeout as pause } from 'node:timers/promises';
import { connect } from '@nats-io/transport-node';
import { jetstream, jetstreamManager } from '@nats-io/jetstream';
import { afterEach, describe, expect, it } from 'vitest';
import { hasNatsServer, startNats, waitUntil, type TestNats } from '../../libs/testing/index.js';
import { EventStoreProcess } from './support/event-store-process.js';
import { SeededRandom } from './support/seeded-random.js';

const WRITERS = 8;
const KILLS = 5;
const LINES_PER_BODY = 20;
const MESSAGES = 3_000;
const seed = Number(process.env['CHAOS_SEED'] ?? Date.now() % 1_000_000);

let store: EventStoreProcess | undefined;
let nats: TestNats | undefined;
afterEach(async () => {
  await store?.close();
  await nats?.stop();
  [store, nats] = [undefined, undefined];
});

/** Posts bodies one after the other until it is told to stop. What was answered by 200 must be found, and whole. */
class Writer {
  readonly acknowledged: string[][] = [];
  /** Without an answer, or with one that says no: each may have been stored as a whole, or not at all. */
  readonly doubtful: string[][] = [];

  constructor(
    private readonly target: EventStoreProcess,
    private readonly name: string,
  ) {}

  async write(isOver: () => boolean): Promise<void> {
    for (let body = 0; !isOver(); body += 1) {
      const payloads = Array.from({ length: LINES_PER_BODY }, (_, line) => `${this.name}/${body}/${line}`);
      const lines = payloads.map((payload) => `job,hostname=${this.name} event="${payload}"`).join('\n');
      const response = await this.target.post(lines).catch(() => undefined);
      const isStored = response?.status === 200 && (await response.text().catch(() => 'cut')) === '';
      (isStored ? this.acknowledged : this.doubtful).push(payloads);
      // Nobody is there for a while after a kill.
      if (!isStored) await pause(20);
    }
  }
}

describe.each(['sqlite', 'postgres'] as const)('an event store on %s that is killed', (backend) => {
  it(
    `has every acknowledged line exactly once, with eight writers (CHAOS_SEED=${seed})`,
    { timeout: 120_000 },
    async () => {
      store = await EventStoreProcess.start({ backend });
      const target = store;
      const random = new SeededRandom(seed);
      const writers = Array.from({ length: WRITERS }, (_, index) => new Writer(target, `w${index}`));
      let isOver = false;
      const writing = Promise.all(writers.map((writer) => writer.write(() => isOver)));
      const count = (): number => writers.reduce((sum, { acknowledged }) => sum + acknowledged.length, 0);
      for (let kill = 0; kill < KILLS; kill += 1) {
        const before = count();
        await waitUntil(() => count() > before + 10, {
          what: 'bodies to be acknowledged',
          timeoutMs: 30_000,
        });
        await pause(random.between(0, 300));
        await target.end('SIGKILL');
        await target.restart();
      }
      isOver = true;
      await writing;

      const found = new Map<string, number>();
      for (const payload of await target.payloads()) found.set(payload, (found.get(payload) ?? 0) + 1);
      const acknowledged = writers.flatMap((writer) => writer.acknowledged.flat());
      expect(acknowledged.length).toBeGreaterThan(KILLS * 10 * LINES_PER_BODY);
      expect(acknowledged.filter((payload) => found.get(payload) !== 1)).toEqual([]);
      const doubtful = writers.flatMap((writer) => writer.doubtful);
      expect(doubtful.length).toBeGreaterThan(0);
      const parts = doubtful.map((payloads) => payloads.map((payload) => found.get(payload) ?? 0));
      expect(parts.filter((counts) => new Set(counts).size > 1 || counts[0]! > 1)).toEqual([]);
      expect(found.size).toBe(
        acknowledged.length + parts.filter(([first]) => first === 1).length * LINES_PER_BODY,
      );
    },
  );

  it('stores and answers what it has begun before it ends in order', { timeout: 60_000 }, async () => {
    store = await EventStoreProcess.start({ backend });
    const target = store;
    const writers = Array.from({ length: WRITERS }, (_, index) => new Writer(target, `w${index}`));
    let isOver = false;
    const writing = Promise.all(writers.map((writer) => writer.write(() => isOver)));
    await waitUntil(() => writers.every(({ acknowledged }) => acknowledged.length > 3), {
      what: 'all to have written',
      timeoutMs: 30_000,
    });
    expect(await target.end('SIGTERM')).toBe(0);
    isOver = true;
    await writing;
    await target.restart();
    const found = await target.payloads();
    expect(new Set(found).size).toBe(found.length);
    const kept = new Set(found);
    expect(
      writers.flatMap(({ acknowledged }) => acknowledged.flat()).filter((one) => !kept.has(one)),
    ).toEqual([]);
  });
});

describe.skipIf(!hasNatsServer())('an event store with a JetStream receiver that is killed', () => {
  it(`loses no message (CHAOS_SEED=${seed})`, { timeout: 120_000 }, async () => {
    nats = await startNats({ jetStream: true });
    const connection = await connect({ servers: nats.url });
    await (await jetstreamManager(connection)).streams.add({ name: 'EVENTS', subjects: ['*.events.>'] });
    const bus = {
      type: 'nats',
      address: '127.0.0.1',
      port: String(nats.port),
      subject: '*.events.>',
      jetstream: { stream: 'EVENTS', durable: 'store', ack_wait: '2s' },
    };
    store = await EventStoreProcess.start({ backend: 'sqlite', receivers: { bus } });
    const target = store;
    const random = new SeededRandom(seed);
    const publishing = (async () => {
      const stream = jetstream(connection);
      for (let index = 0; index < MESSAGES; index += 1)
        await stream.publish('tc.events.job', `job event="${index}"`);
    })();
    for (let kill = 0; kill < 3; kill += 1) {
      const before = (await target.payloads()).length;
      await waitUntil(async () => (await target.payloads()).length > before, {
        what: 'messages to be stored',
        timeoutMs: 30_000,
      });
      await pause(random.between(0, 200));
      await target.end('SIGKILL');
      await target.restart();
    }
    await publishing;
    await waitUntil(async () => new Set(await target.payloads()).size === MESSAGES, {
      what: 'all messages to be stored',
      timeoutMs: 60_000,
      intervalMs: 200,
    });
    await connection.close();
  });
});
