import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { freePort } from '../../../testing/free-port.js';
import { waitUntil } from '../../../testing/wait-until.js';
import type { PostgresSettings } from '../storage-settings.js';
import { openPostgresBackend } from './index.js';
import { testParts } from './postgres.fixture.js';

const REASON = new Error('called off');
const settingsOf = (port: number, flags: readonly string[]): PostgresSettings => ({
  type: 'postgres',
  server: '127.0.0.1',
  port,
  database: 'events',
  username: 'store',
  password: 'secret',
  connectionTimeoutMs: 60_000,
  flags,
});

describe('opening PostgreSQL can be called off', () => {
  let server: Server | undefined;
  const sockets: Socket[] = [];
  afterEach(() => {
    for (const socket of sockets.splice(0)) socket.destroy();
    server?.close();
    server = undefined;
  });

  /** Takes connections and says no more than that. */
  async function quietServer(answer: string): Promise<number> {
    const quiet = createServer((socket) => {
      sockets.push(socket);
      socket.on('error', () => undefined);
      socket.once('data', () => socket.write(answer));
    });
    server = quiet;
    await new Promise<void>((resolve) => quiet.listen(0, '127.0.0.1', resolve));
    return (quiet.address() as AddressInfo).port;
  }

  it('while it waits for a server', async () => {
    const ending = new AbortController();
    const opening = openPostgresBackend(settingsOf(await freePort(), []), {
      ...testParts({ logger: { warn: () => ending.abort(REASON) } as never }),
      signal: ending.signal,
    });
    await expect(opening).rejects.toBe(REASON);
  });

  it.each([
    ['that says nothing', '', ['sslmode=disable']],
    ['that says nothing about encryption', '', []],
    ['that begins to encrypt and stops there', 'S', []],
  ])('while it is connected to a server %s', async (_what, answer, flags) => {
    const port = await quietServer(answer);
    const ending = new AbortController();
    const opening = openPostgresBackend(settingsOf(port, flags), { ...testParts(), signal: ending.signal });
    const outcome = opening.catch((error: unknown) => error);
    const isReached = (): boolean => (sockets[0]?.bytesRead ?? 0) > (answer === 'S' ? 100 : 0);
    await waitUntil(isReached, { what: 'it to call' });
    ending.abort(REASON);
    expect(await outcome).toBe(REASON);
    await waitUntil(() => sockets[0]?.destroyed === true, { what: 'the connection to end' });
    expect(sockets).toHaveLength(1);
  });

  it('before it has begun, and calls nobody then', async () => {
    const port = await quietServer('');
    const opening = openPostgresBackend(settingsOf(port, []), {
      ...testParts(),
      signal: AbortSignal.abort(REASON),
    });
    await expect(opening).rejects.toBe(REASON);
    expect(sockets).toEqual([]);
  });
});
