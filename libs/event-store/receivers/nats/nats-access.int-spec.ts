import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TLSSocket } from 'node:tls';
import { afterEach, describe, expect, it } from 'vitest';
import {
  hasNatsServer,
  makeNatsOperator,
  startNats,
  waitUntil,
  type NatsOptions,
  type TestNats,
} from '../../../testing/index.js';
import { selfSignedCertificate } from '../../../egress/testing/self-signed-certificate.js';
import { lineOf, publishing, ReceiverRig } from './receiver-rig.fixture.js';
import type { NatsTiming } from './timing.js';

describe.skipIf(!hasNatsServer())('NATS receiver and its server', () => {
  const endings: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    for (const end of endings.splice(0).reverse()) await end();
  });

  const serverOf = async (options: NatsOptions & { port?: number } = {}): Promise<TestNats> => {
    const server = await startNats(options);
    endings.push(() => server.stop());
    return server;
  };
  const rigOf = (port: number, configuration: object, timing?: Partial<NatsTiming>): ReceiverRig => {
    const rig = new ReceiverRig(
      { address: '127.0.0.1', port: String(port), subject: 'jobs', ...configuration },
      timing,
    );
    endings.push(() => rig.receiver.stop());
    return rig;
  };
  const publish = (servers: string, payload: string, login: object = {}): Promise<void> =>
    publishing({ servers, ...login }, (sender) => sender.publish('jobs', lineOf(payload)));
  const untilLogged = (event: string, rig: ReceiverRig, reason: RegExp): Promise<unknown> =>
    waitUntil(() => rig.logged(event).some((line) => reason.test(String(line['reason']))), {
      what: `the log to say ${event} ${reason}`,
    });
  const untilUnreachable = untilLogged.bind(undefined, 'nats.unreachable');
  const untilRefused = untilLogged.bind(undefined, 'nats.refused');

  const directoryOf = async (): Promise<string> => {
    const directory = await mkdtemp(join(tmpdir(), 'spillway-creds-'));
    endings.push(() => rm(directory, { recursive: true }));
    return directory;
  };

  const GOOD = { user: 'store', password: 'right-secret' };
  const BAD = { user: 'store', password: 'wrong-secret' };

  it('logs in with user and password', async () => {
    const server = await serverOf({ users: [GOOD] });
    const rig = rigOf(server.port, GOOD);
    await rig.connected();
    await publish(server.url, 'one', { user: GOOD.user, pass: GOOD.password });
    await rig.hasStored(1);
  });

  it('goes on trying with a password that is not accepted, until it is, and never tells it', async () => {
    const server = await serverOf({ users: [GOOD] });
    const rig = rigOf(server.port, BAD);
    await rig.start();
    await untilRefused(rig, /authorization/i);
    await server.restart({ users: [BAD] });
    await rig.connected();
    await server.restart({ users: [GOOD] });
    await waitUntil(() => rig.logged('nats.disconnected').length === 1, {
      what: 'the connection to be lost',
    });
    await untilRefused(rig, /authorization/i);
    await server.restart({ users: [BAD] });
    await rig.connected(2);
    await publish(server.url, 'late', { user: BAD.user, pass: BAD.password });
    await rig.hasStored(1);
    expect(JSON.stringify(rig.log)).not.toContain('secret');
  });

  describe('with a file of credentials', () => {
    it('logs in, and with the new content once the file is another', async () => {
      const [one, other] = [makeNatsOperator(), makeNatsOperator()];
      const file = join(await directoryOf(), 'store.creds');
      const sender = join(await directoryOf(), 'sender.creds');
      await writeFile(file, other.credentials());
      await writeFile(sender, one.credentials());
      const server = await serverOf({ operatorConfig: one.config });
      const rig = rigOf(server.port, { nkey_file: file });
      await rig.start();
      await untilRefused(rig, /authorization/i);
      await writeFile(file, one.credentials());
      await rig.connected();
      const second = rigOf(server.port, { nkey_file: sender, subject: 'others' });
      await second.connected();
      expect(JSON.stringify(rig.log)).not.toMatch(/SEED|SUA|eyJ/u);
    });

    it('refuses to start without the file, or with one that holds none', async () => {
      const directory = await directoryOf();
      const file = join(directory, 'empty.creds');
      await writeFile(file, 'nothing of the kind');
      await expect(rigOf(1, { nkey_file: join(directory, 'none') }).receiver.start()).rejects.toThrow(
        `receivers.bus.nkey_file "${directory}/none": there is no such file.`,
      );
      await expect(rigOf(1, { nkey_file: directory }).receiver.start()).rejects.toThrow(
        `receivers.bus.nkey_file "${directory}": it is a directory, not a file.`,
      );
      await expect(rigOf(1, { nkey_file: file }).receiver.start()).rejects.toThrow(
        `receivers.bus.nkey_file "${file}": it does not hold NATS credentials`,
      );
    });
  });

  it('D35: starts without a server, and receives once there is one', async () => {
    const first = await startNats();
    const { port } = first;
    await first.stop();
    const rig = rigOf(port, {});
    await rig.start();
    await untilUnreachable(rig, /refused/);
    const server = await serverOf({ port });
    await rig.connected();
    await publish(server.url, 'one');
    await rig.hasStored(1);
    expect(rig.logged('nats.unreachable')).toHaveLength(1);
  });

  it('receives again after each death of the server, however often', async () => {
    const server = await serverOf();
    const rig = rigOf(server.port, {});
    for (const life of [1, 2, 3, 4]) {
      await rig.connected(life);
      await publish(server.url, `before death ${life}`);
      await rig.hasStored(life);
      await server.kill();
      await waitUntil(() => rig.logged('nats.disconnected').length === life, { what: `death ${life}` });
      await server.restart();
    }
    await rig.connected(5);
    expect(rig.intake.stored).toEqual([1, 2, 3, 4].map((life) => `before death ${life}`));
  });

  it('stores what it got although the server is gone', async () => {
    const server = await serverOf();
    const rig = rigOf(server.port, {});
    let open!: () => void;
    const gate = new Promise<void>((resolve) => (open = resolve));
    rig.intake.before = () => gate;
    await rig.connected();
    await publish(server.url, 'held');
    await waitUntil(() => rig.intake.calls === 1, { what: 'the message' });
    await server.kill();
    await waitUntil(() => rig.logged('nats.disconnected').length === 1, { what: 'the loss' });
    open();
    await rig.hasStored(1);
  });

  it('stops at once while it connects to somebody who says nothing', async () => {
    const sockets: Socket[] = [];
    const silent: Server = createServer((socket) => sockets.push(socket));
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    endings.push(async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => silent.close(resolve));
    });
    const rig = rigOf((silent.address() as AddressInfo).port, {});
    await rig.start();
    await waitUntil(() => sockets.length === 1, { what: 'it to call' });
    const startedAtMs = performance.now();
    await rig.receiver.stop();
    expect(performance.now() - startedAtMs).toBeLessThan(2_000);
  });

  describe('over TLS', () => {
    /** Go refuses our hand-made certificates; this one greets and answers pings, which is all that it takes. */
    const encrypted = async (): Promise<{ port: number; ca: string }> => {
      const { cert, key } = selfSignedCertificate('localhost');
      const ca = join(await directoryOf(), 'ca.pem');
      await writeFile(ca, cert);
      const sockets: Socket[] = [];
      const server = createServer((socket) => {
        sockets.push(socket);
        socket.on('error', () => undefined);
        const greeting = { version: '2.9.10', proto: 1, max_payload: 1_048_576, tls_required: true };
        socket.write(`INFO ${JSON.stringify(greeting)}\r\n`);
        const secure = new TLSSocket(socket, { isServer: true, cert, key });
        secure.on('error', () => undefined);
        secure.on('data', (data: Buffer) => {
          secure.write('PONG\r\n'.repeat(data.toString().match(/^PING/gmu)?.length ?? 0));
        });
      });
      await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve));
      endings.push(async () => {
        for (const socket of sockets) socket.destroy();
        await new Promise((resolve) => server.close(resolve));
      });
      return { port: (server.address() as AddressInfo).port, ca };
    };

    it('connects to a server that the given authority vouches for', async () => {
      const { port, ca } = await encrypted();
      const rig = rigOf(port, { address: 'localhost', tls: { ca } });
      await rig.connected();
    });

    it('does not connect to one that nobody vouches for', async () => {
      const { port } = await encrypted();
      const rig = rigOf(port, { address: 'localhost', tls: true });
      await rig.start();
      await untilUnreachable(rig, /self-signed/i);
      expect(rig.logged('nats.connected')).toEqual([]);
    });

    it('does not connect without encryption when it must be encrypted', async () => {
      const rig = rigOf((await serverOf()).port, { tls: true });
      await rig.start();
      await untilUnreachable(rig, /does not support 'tls'/);
    });

    it('refuses to start without the file of the authority', async () => {
      await expect(rigOf(1, { tls: { ca: '/nowhere/ca.pem' } }).receiver.start()).rejects.toThrow(
        'receivers.bus.tls.ca "/nowhere/ca.pem": there is no such file.',
      );
    });
  });

  it('says that it is refused although it has just said that nobody is there', async () => {
    const first = await startNats();
    const { port } = first;
    await first.stop();
    const rig = rigOf(port, BAD);
    await rig.start();
    await untilUnreachable(rig, /refused/);
    await serverOf({ port, users: [GOOD] });
    await untilRefused(rig, /authorization/i);
  });

  it('says that it may not subscribe, and goes on asking', async () => {
    const server = await serverOf({
      users: [{ ...GOOD, permissions: { subscribe: ['others'] } }],
    });
    const rig = rigOf(server.port, GOOD);
    await rig.start();
    await untilRefused(rig, /permission/i);
    expect(rig.logged('nats.connected')).toEqual([]);
    expect(rig.logged('nats.unreachable')).toEqual([]);
    await server.restart({ users: [GOOD] });
    await rig.connected();
  });
});
