import { createServer as createPlainServer } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../../libs/domain/index.js';
import { selfSignedCertificate } from '../../../libs/egress/testing/self-signed-certificate.js';
import { bodyOf } from './compress.js';
import { HubClient } from './hub-client.js';

const closers: (() => void)[] = [];
afterEach(() => closers.splice(0).forEach((close) => close()));

const never = new AbortController().signal;

function clientOf(hub: string, change: { ca?: string; timeoutMs?: number } = {}): HubClient {
  const client = new HubClient({
    hub: new URL(hub),
    token: 'marked-token',
    cluster: 'a&b',
    ca: change.ca,
    clock: systemClock,
    ...(change.timeoutMs === undefined ? {} : { timeoutMs: change.timeoutMs }),
  });
  closers.push(() => client.close());
  return client;
}

describe('a request', () => {
  it('goes below the path of the hub, over one connection, with what the hub needs', async () => {
    const seen: unknown[] = [];
    const sockets = new Set<unknown>();
    const server = createPlainServer((request, response) => {
      sockets.add(request.socket);
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const { authorization } = request.headers;
        seen.push([request.method, request.url, authorization, gunzipSync(Buffer.concat(chunks)).toString()]);
        response.end('x'.repeat(100_000));
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    closers.push(() => server.close());
    const client = clientOf(`http://127.0.0.1:${(server.address() as AddressInfo).port}/hub/v1/p/`);
    for (const line of ['a\n', 'ü\n'])
      expect(await client.send(bodyOf([line]), never)).toEqual({ kind: 'taken' });
    const head = ['POST', '/hub/v1/p/api/write/?cluster=a%26b', 'Bearer marked-token'];
    expect(seen).toEqual([
      [...head, 'a\n'],
      [...head, 'ü\n'],
    ]);
    expect(sockets.size).toBe(1);
  });

  it('trusts the authorities it is given, and no other', async () => {
    const { cert, key } = selfSignedCertificate('localhost');
    const server = createServer({ cert, key }, (request, response) => {
      request.resume();
      request.on('end', () => response.end());
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    closers.push(() => server.close());
    const url = `https://localhost:${(server.address() as AddressInfo).port}`;
    expect(await clientOf(url, { ca: cert }).send(bodyOf(['a\n']), never)).toEqual({ kind: 'taken' });
    const verdict = await clientOf(url).send(bodyOf(['a\n']), never);
    expect(verdict).toMatchObject({ kind: 'away', reason: expect.stringContaining('SELF_SIGNED') });
  });

  it('that is not answered is one to a hub that is away, and the reason has no token', async () => {
    const server = createPlainServer(() => undefined);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const silent = await clientOf(url, { timeoutMs: 20 }).send(bodyOf(['a\n']), never);
    expect(silent).toEqual({ kind: 'away', reason: 'The hub cannot be reached (no answer in time)' });
    server.closeAllConnections();
    server.close();
    const gone = await clientOf(url).send(bodyOf(['a\n']), never);
    expect(gone).toMatchObject({ kind: 'away', reason: expect.stringContaining('ECONNREFUSED') });
    expect(JSON.stringify(gone)).not.toContain('marked-token');
  });
});
