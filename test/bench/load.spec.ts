import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { measureLoad, wireRequest } from './load.js';

let server: Server;
afterEach(() => {
  server.close();
  server.closeAllConnections();
});

async function load(answer: RequestListener) {
  server = createServer(answer).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return measureLoad(`http://127.0.0.1:${port}`, () => wireRequest('GET', '/', {}), 0.1);
}

describe('a load', () => {
  it('is measured by its answers', async () => {
    const { perSecond, latency } = await load((_request, response) => response.end('done'));
    expect(perSecond).toBeGreaterThan(0);
    expect(latency.count).toBe(Math.round(perSecond / 10));
  });

  it.each<[string, RequestListener, RegExp]>([
    [
      'is not told the length of its answers',
      (_request, response) => {
        response.write('in ');
        response.end('chunks');
      },
      /^An answer of unknown length: HTTP\/1\.1 200/,
    ],
    [
      'is refused',
      (_request, response) => response.writeHead(503, { 'content-length': 2 }).end('no'),
      /^HTTP\/1\.1 503/,
    ],
    ['is cut off', (_request, response) => void response.destroy(), /ended the connection/],
  ])('that %s is an error', async (_what, answer, message) => {
    await expect(load(answer)).rejects.toThrow(message);
  });
});
