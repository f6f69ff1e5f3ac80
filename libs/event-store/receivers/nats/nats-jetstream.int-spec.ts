import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { jetstreamManager } from '@nats-io/jetstream';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { hasNatsServer, startNats, waitUntil, type TestNats } from '../../../testing/index.js';
import { StorageRefused, StorageUnavailable } from '../../storage/index.js';
import { networkTo } from './network.fixture.js';
import { lineOf, publishing, ReceiverRig } from './receiver-rig.fixture.js';
import type { NatsTiming } from './timing.js';

const JETSTREAM = { stream: 'EVENTS', durable: 'store', ack_wait: '1s' };
const RUN_TYPESCRIPT = [
  '--experimental-transform-types',
  '--disable-warning=ExperimentalWarning',
  '--import',
  join(process.cwd(), 'libs/testing/run-typescript.mjs'),
];

describe.skipIf(!hasNatsServer())('NATS receiver on a JetStream stream', () => {
  let server: TestNats;
  let admin: NatsConnection;
  let rigs: ReceiverRig[] = [];
  beforeAll(async () => {
    server = await startNats({ jetStream: true });
  });
  beforeEach(async () => {
    admin = await connect({ servers: server.url });
    await (await jetstreamManager(admin)).streams.add({ name: 'EVENTS', subjects: ['*.events.>'] });
  });
  afterEach(async () => {
    await Promise.all(rigs.map(({ receiver }) => receiver.stop()));
    rigs = [];
    if (admin.isClosed()) admin = await connect({ servers: server.url });
    await (await jetstreamManager(admin)).streams.delete('EVENTS');
    await admin.close();
  });
  afterAll(() => server.stop());

  const rigOf = (jetstream: object = {}, timing?: Partial<NatsTiming>, more: object = {}): ReceiverRig => {
    const rig = new ReceiverRig(
      {
        address: '127.0.0.1',
        port: server.port,
        subject: '*.events.job',
        jetstream: { ...JETSTREAM, ...jetstream },
        ...more,
      },
      timing,
    );
    rigs.push(rig);
    return rig;
  };
  const publish = (payloads: readonly string[]): Promise<void> =>
    publishing({ servers: server.url }, (sender) => {
      for (const payload of payloads) sender.publish('alex.events.job', lineOf(payload));
    });
  const numbers = (count: number): string[] => Array.from({ length: count }, (_, index) => String(index));
  const consumer = async () => {
    const { num_ack_pending, num_pending, num_redelivered, config, ack_floor } = await (
      await jetstreamManager(admin)
    ).consumers.info('EVENTS', 'store');
    return { num_ack_pending, num_pending, num_redelivered, config, ackFloor: ack_floor.stream_seq };
  };
  const acknowledged = (upTo: number): Promise<unknown> =>
    waitUntil(async () => (await consumer()).ackFloor >= upTo, { what: `${upTo} acknowledgements` });

  it('stores what came before it, in order, and acknowledges it all', async () => {
    await publish(numbers(1_000));
    await publishing({ servers: server.url }, (sender) => sender.publish('alex.events.slurm', lineOf('x')));
    const rig = rigOf({ max_ack_pending: 300 });
    await rig.connected();
    await rig.hasStored(1_000);
    await acknowledged(1_000);
    expect(rig.intake.stored).toEqual(numbers(1_000));
    expect(rig.intake.options[0]!.subjectCluster).toBe('alex');
    expect((await consumer()).config).toMatchObject({
      ack_policy: 'explicit',
      filter_subject: '*.events.job',
      max_ack_pending: 300,
      ack_wait: 1_000_000_000,
    });
  });

  it('acknowledges nothing before it is stored', async () => {
    let open!: () => void;
    const gate = new Promise<void>((resolve) => (open = resolve));
    await publish(['a', 'b']);
    const rig = rigOf();
    rig.intake.before = () => gate;
    await rig.connected();
    await waitUntil(() => rig.intake.calls > 0, { what: 'one to be under way' });
    await waitUntil(async () => (await consumer()).num_ack_pending === 2, { what: 'both to be delivered' });
    expect((await consumer()).ackFloor).toBe(0);
    open();
    await acknowledged(2);
  });

  it('gives back at its end what it could not store, so that another has it soon', async () => {
    await publish(['a']);
    const first = rigOf({ ack_wait: '30s' }, { graceMs: 0 });
    first.intake.before = () => new Promise(() => undefined);
    await first.connected();
    await waitUntil(() => first.intake.calls === 1, { what: 'the message' });
    await first.receiver.stop();
    expect(first.logged('messages.returned')).toEqual([expect.objectContaining({ messages: 1 })]);
    const second = rigOf();
    await second.connected();
    await waitUntil(() => second.intake.stored.length === 1, { what: 'it to be delivered again' });
    expect(second.intake.stored).toEqual(['a']);
    await acknowledged(1);
  });

  it('has the server deliver again what a killed process did not acknowledge', async () => {
    await publish(['a']);
    const settings = {
      address: '127.0.0.1',
      port: server.port,
      subject: '*.events.job',
      jetstream: JETSTREAM,
    };
    const file = fileURLToPath(new URL('doomed-receiver.fixture.ts', import.meta.url));
    const doomed = spawn(process.execPath, [...RUN_TYPESCRIPT, file, JSON.stringify(settings)]);
    try {
      let output = '';
      doomed.stdout.on('data', (chunk) => (output += String(chunk)));
      doomed.stderr.on('data', (chunk) => (output += String(chunk)));
      await waitUntil(() => output === lineOf('a'), {
        timeoutMs: 15_000,
        what: 'the process to have the message',
      });
    } finally {
      const exited = once(doomed, 'exit');
      doomed.kill('SIGKILL');
      await exited;
    }
    const heir = rigOf();
    await heir.connected();
    await heir.hasStored(1);
    expect(heir.intake.stored).toEqual(['a']);
    await acknowledged(1);
  });

  it('holds messages for longer than the server waits, and stores each once and in order', async () => {
    await publish(numbers(20));
    const rig = rigOf();
    let isAway = true;
    rig.intake.before = () => {
      if (isAway) throw new StorageUnavailable('the database is away');
    };
    await rig.connected();
    const heldSinceMs = performance.now();
    await waitUntil(() => performance.now() - heldSinceMs > 2_500, { what: 'two and a half waits' });
    isAway = false;
    await acknowledged(20);
    expect(rig.intake.stored).toEqual(numbers(20));
    expect((await consumer()).num_redelivered).toBe(0);
  });

  it('has a poisonous message not delivered again', async () => {
    await publish(['one', 'poison', 'two']);
    const rig = rigOf();
    rig.intake.before = (body) => {
      if (body.includes('poison')) throw new StorageRefused('not for this database');
    };
    await rig.connected();
    await acknowledged(3);
    expect(rig.intake.stored).toEqual(['one', 'two']);
    expect(rig.intake.calls).toBe(3);
    expect(rig.logged('messages.refused')).toHaveLength(1);
  });

  it('acknowledges by a new connection what it stored without one', async () => {
    await publish(numbers(10));
    const rig = rigOf({ ack_wait: '30s' });
    let open!: () => void;
    const gate = new Promise<void>((resolve) => (open = resolve));
    rig.intake.before = () => gate;
    await rig.connected();
    await waitUntil(() => rig.intake.calls > 0, { what: 'the messages' });
    await server.kill();
    await waitUntil(() => rig.logged('nats.disconnected').length === 1, { what: 'the loss' });
    open();
    await rig.hasStored(10);
    await server.restart();
    await rig.connected(2);
    admin = await connect({ servers: server.url });
    await acknowledged(10);
    expect(rig.intake.stored).toEqual(numbers(10));
  });

  it('stores once what is delivered again while it is held', async () => {
    await publish(numbers(10));
    const network = await networkTo(server.port);
    const rig = rigOf({}, {}, { port: network.port });
    let open!: () => void;
    const gate = new Promise<void>((resolve) => (open = resolve));
    rig.intake.before = () => gate;
    try {
      await rig.connected();
      await waitUntil(() => rig.intake.calls > 0, { what: 'the messages' });
      network.cut();
      const cutAtMs = performance.now();
      await waitUntil(() => performance.now() - cutAtMs > 1_500, { what: 'the server to give up waiting' });
      network.mend();
      await rig.connected(2);
      await waitUntil(async () => (await consumer()).num_redelivered > 0, { what: 'a redelivery' });
      open();
      await acknowledged(10);
      expect(rig.intake.stored).toEqual(numbers(10));
      expect(rig.intake.calls).toBe(10);
    } finally {
      await rig.receiver.stop();
      await network.close();
    }
  });

  it('loses nothing while the server dies and comes back among the messages', async () => {
    const rig = rigOf();
    await rig.connected();
    for (const part of [0, 1, 2]) {
      await publish(numbers(200).map((number) => `${part}-${number}`));
      await server.kill();
      await server.restart();
      await rig.connected(part + 2);
    }
    admin = await connect({ servers: server.url });
    const { messages } = (await (await jetstreamManager(admin)).streams.info('EVENTS')).state;
    await waitUntil(() => new Set(rig.intake.stored).size === messages, {
      timeoutMs: 10_000,
      what: `all ${messages} messages that the stream kept`,
    });
    expect(messages).toBeGreaterThan(0);
  });

  it('takes no more at a time than fits into its bound', async () => {
    await publish(numbers(3_000));
    const rig = rigOf({}, {}, { max_pending_bytes: 262_144 });
    let open!: () => void;
    const gate = new Promise<void>((resolve) => (open = resolve));
    rig.intake.before = () => gate;
    await rig.connected();
    await waitUntil(() => rig.intake.calls > 0, { what: 'the first messages' });
    let last = 0;
    const held = await waitUntil(
      async () => {
        const before = last;
        last = (await consumer()).num_ack_pending;
        return last > 0 && last === before && last;
      },
      { what: 'it to take no more', intervalMs: 100 },
    );
    expect(held).toBeGreaterThan(100);
    expect(held).toBeLessThanOrEqual(131_072 / 300 + 1);
    open();
    await rig.hasStored(3_000);
    expect(rig.intake.stored).toEqual(numbers(3_000));
    expect(rig.logged('messages.dropped')).toEqual([]);
  });

  it('says that there is no such stream, and looks for it until it is there', async () => {
    const manager = await jetstreamManager(admin);
    await manager.streams.delete('EVENTS');
    const rig = rigOf();
    await rig.start();
    await waitUntil(() => /stream not found/.test(String(rig.logged('nats.unreachable')[0]?.['reason'])), {
      what: 'the log to tell',
    });
    await manager.streams.add({ name: 'EVENTS', subjects: ['*.events.>'] });
    await publish(['late']);
    await rig.hasStored(1);
  });

  it('makes its consumer again when somebody deleted it', async () => {
    const rig = rigOf();
    await rig.connected();
    await (await jetstreamManager(admin)).consumers.delete('EVENTS', 'store');
    await rig.connected(2);
    await publish(['after']);
    await rig.hasStored(1);
  });

  it('does not use a consumer that does not ask for acknowledgements', async () => {
    await (
      await jetstreamManager(admin)
    ).consumers.add('EVENTS', { durable_name: 'store', ack_policy: 'none' });
    const rig = rigOf();
    await rig.start();
    await waitUntil(
      () => /explicit acknowledgement/.test(String(rig.logged('nats.unreachable')[0]?.['reason'])),
      { what: 'the log to tell' },
    );
    expect(rig.intake.calls).toBe(0);
  });
});
