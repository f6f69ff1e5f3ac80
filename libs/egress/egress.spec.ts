import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { createServer as createTcpServer, type AddressInfo, type Server as TcpServer } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { Egress, EgressFailure, type EgressOptions, type EgressRequest } from './index.js';
import { selfSignedCertificate } from './testing/self-signed-certificate.js';

const cleanups: (() => void)[] = [];
afterEach(() => {
  for (const cleanup of cleanups.splice(0)) cleanup();
});

function egressWith(options: EgressOptions = {}): Egress {
  const egress = new Egress(options);
  cleanups.push(() => egress.close());
  return egress;
}

async function listen(server: Server | TcpServer): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  cleanups.push(() => {
    server.close();
    if ('closeAllConnections' in server) server.closeAllConnections();
  });
  return (server.address() as AddressInfo).port;
}

const serve = async (listener: RequestListener): Promise<string> =>
  `http://127.0.0.1:${await listen(createServer(listener))}/`;

async function failure(
  url: string,
  request: EgressRequest = {},
  egress = egressWith(),
): Promise<EgressFailure> {
  const error: unknown = await egress.get(url, request).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(EgressFailure);
  return error as EgressFailure;
}

describe('an answer', () => {
  it('comes back with status, headers and body, whatever the status', async () => {
    const url = await serve((_, response) => {
      response.writeHead(503, { 'retry-after': '5' }).end('{"grüße":1}');
    });
    const reply = await egressWith().get(url);
    expect([reply.status, reply.headers['retry-after'], reply.body]).toEqual([503, '5', '{"grüße":1}']);
  });

  it('is asked for with the credentials at once, and without any when none are given', async () => {
    const url = await serve((request, response) => {
      response.end(request.headers.authorization ?? 'none');
    });
    const basic = { username: 'ops', password: 'pässword' };
    expect((await egressWith().get(url, { basic })).body).toBe(
      `Basic ${Buffer.from('ops:pässword').toString('base64')}`,
    );
    expect((await egressWith().get(url)).body).toBe('none');
  });

  it('may come over a kept connection', async () => {
    const ports = new Set<number | undefined>();
    const url = await serve((request, response) => {
      ports.add(request.socket.remotePort);
      response.end();
    });
    const egress = egressWith();
    await egress.get(url);
    await egress.get(url);
    expect(ports.size).toBe(1);
  });

  it('comes although the kept connection has been closed by the other side', async () => {
    let served = 0;
    const url = await serve((request, response) => {
      served += 1;
      // The second request on a connection finds it cut off, as after a proxy's idle timeout.
      if (served === 2) request.socket.destroy();
      else response.end(String(served));
    });
    const egress = egressWith();
    await egress.get(url);
    expect((await egress.get(url)).body).toBe('3');
  });
});

describe('the deadline', () => {
  it('ends a request that is never answered', async () => {
    const url = await serve(() => undefined);
    const error = await failure(url, { timeoutMs: 40 });
    expect(error.code).toBe('timeout');
    expect(error.message).toMatch(/^127\.0\.0\.1:\d+ did not answer within 0\.04 s\.$/);
  });

  it('ends a body that trickles for ever', async () => {
    const url = await serve((_, response) => {
      const timer = setInterval(() => response.write('x'), 5);
      response.on('close', () => clearInterval(timer));
    });
    expect((await failure(url, { timeoutMs: 60 })).code).toBe('timeout');
  });

  it('is also what the caller says', async () => {
    const url = await serve(() => undefined);
    expect((await failure(url, { signal: AbortSignal.abort() })).code).toBe('timeout');
    const controller = new AbortController();
    setImmediate(() => controller.abort());
    expect((await failure(url, { signal: controller.signal })).code).toBe('timeout');
  });
});

describe('a body that is too large', () => {
  it.each([true, false])('is cut off, and its connection closed (announced: %s)', async (announced) => {
    let closed: Promise<unknown> = Promise.resolve();
    const url = await serve((_, response) => {
      closed = once(response, 'close');
      if (announced) response.setHeader('content-length', 100_000_000);
      const block = Buffer.alloc(65_536);
      const pour = (): void => {
        while (!response.destroyed && response.write(block));
      };
      response.on('drain', pour);
      pour();
    });
    expect((await failure(url)).code).toBe('body-too-large');
    await closed;
  });

  it('is one byte more than allowed', async () => {
    const url = await serve((_, response) => response.end('12345'));
    expect((await egressWith().get(url, { maxBodyBytes: 5 })).body).toBe('12345');
    expect((await failure(url, { maxBodyBytes: 4 })).code).toBe('body-too-large');
  });
});

describe('a part of a body', () => {
  const WHOLE = 'ä23456789';
  const part = async (from: number, maxBytes: number, listener: RequestListener): Promise<string> => {
    const url = await serve(listener);
    return (await egressWith().get(url, { range: { from, maxBytes }, maxBodyBytes: 5 })).body;
  };

  it('is asked for by its bytes', async () => {
    const asked: (string | undefined)[] = [];
    const answer = await part(4, 3, ({ headers }, response) => {
      asked.push(headers.range);
      response.writeHead(206, { 'content-range': 'bytes 4-6/11' }).end(Buffer.from(WHOLE).subarray(4, 7));
    });
    expect([asked, answer]).toEqual([['bytes=4-6'], '456']);
  });

  it.each([
    [0, 3, 'ä2'],
    [4, 3, '456'],
    [7, 100, '789'],
    [10, 5, ''],
    [20, 5, ''],
  ])(
    'from %d, of %d bytes, is cut out of the whole where ranges are not known',
    async (from, maxBytes, expected) => {
      const answer = await part(from, maxBytes, (_, response) => {
        for (const byte of Buffer.from(WHOLE)) response.write(Buffer.from([byte]));
        response.end();
      });
      expect(answer).toBe(expected);
    },
  );

  it('does not wait for the rest of the whole', async () => {
    expect(await part(0, 3, (_, response) => void response.write(WHOLE))).toBe('ä2');
  });

  it('is none when it is another one, or longer', async () => {
    const range = { from: 4, maxBytes: 3 };
    const answering = (contentRange: string | undefined, body: string) =>
      serve((_, response) => {
        response
          .writeHead(206, contentRange === undefined ? {} : { 'content-range': contentRange })
          .end(body);
      });
    expect((await failure(await answering('bytes 40-42/99', 'xxx'), { range })).code).toBe('protocol');
    expect((await failure(await answering(undefined, 'xxx'), { range })).code).toBe('protocol');
    expect((await failure(await answering('bytes 4-7/99', 'xxxx'), { range })).code).toBe('body-too-large');
  });

  it('bounds other answers as ever', async () => {
    const url = await serve((_, response) => response.writeHead(404).end('xxxxxx'));
    const range = { from: 0, maxBytes: 100 };
    expect((await failure(url, { range, maxBodyBytes: 5 })).code).toBe('body-too-large');
  });
});

describe('what goes wrong', () => {
  it('is told apart by a code', async () => {
    const port = await listen(
      createTcpServer((socket) => socket.on('data', () => socket.end('SSH-2.0-thing\r\n\r\n'))),
    );
    expect((await failure(`http://127.0.0.1:${port}`)).code).toBe('protocol');
    const reset = await serve((request) => request.socket.destroy());
    expect((await failure(reset)).code).toBe('reset');
    const half = await serve((request, response) => {
      response.writeHead(200, { 'content-length': 100 }).write('half', () => request.socket.destroy());
    });
    expect((await failure(half)).code).toBe('reset');
    const away = await serve((_, response) =>
      response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end(),
    );
    expect((await failure(away)).code).toBe('redirect');
    expect((await failure(`http://${'a'.repeat(64)}.invalid:2113`)).code).toBe('dns');
  });

  it('is a refused connection when nothing listens', async () => {
    const server = createServer();
    const port = await listen(server);
    server.close();
    await once(server, 'close');
    expect((await failure(`http://127.0.0.1:${port}`)).code).toBe('refused');
  });

  it.each([
    '',
    'n1',
    'ftp://n1.example.com',
    'file:///etc/passwd',
    'http://',
    'http://u:marked-secret@127.0.0.1:1',
    'http://[fe80::1%25eth0]/',
  ])('is a bad URL: %s', async (url) => {
    const error = await failure(url);
    expect(error.code).toBe('bad-url');
    expect(error.message).not.toContain('marked-secret');
  });

  it('never shows a credential', async () => {
    const url = await serve((request) => request.socket.destroy());
    const error = await failure(`${url}stats?secret=marked-query`, {
      basic: { username: 'marked-user', password: 'marked-secret' },
    });
    expect(`${error.message}${error.stack}${JSON.stringify(error)}`).not.toMatch(/marked|bWFya2Vk/);
  });
});

describe('the address guard', () => {
  it.each([
    'http://169.254.169.254/',
    'http://[fe80::1]/',
    'http://0/',
    'http://0x0.1/',
    'http://[::ffff:169.254.169.254]/',
    'http://[ff02::1]/',
    'http://2852039166/',
  ])('refuses the literal address in %s', async (url) => {
    expect((await failure(url)).code).toBe('address-denied');
  });

  it('refuses a name by what it resolves to', async () => {
    const url = (await serve((_, response) => response.end('reached'))).replace('127.0.0.1', 'localhost');
    expect((await egressWith().get(url)).body).toBe('reached');
    const error = await failure(url, {}, egressWith({ deny: ['127.0.0.0/8', '::1/128'] }));
    expect(error.code).toBe('address-denied');
    expect(error.message).toBe('localhost points to a network that may not be contacted from here.');
  });
});

describe('TLS', () => {
  const certificate = selfSignedCertificate('node.example.com');
  const serveTls = async (using = certificate): Promise<string> =>
    `https://127.0.0.1:${await listen(createTlsServer(using, (_, response) => response.end('secured')))}/`;

  it('trusts the given authority under the given name, and nothing else', async () => {
    const url = await serveTls();
    const servername = 'node.example.com';
    const egress = egressWith();
    expect((await egress.get(url, { ca: certificate.cert, servername })).body).toBe('secured');
    expect((await failure(url, { ca: certificate.cert }, egress)).message).toContain(
      'issued for another name',
    );
    expect((await failure(url, { servername }, egress)).message).toContain('self-signed');
    expect((await failure(url, { ca: 'no PEM', servername }, egress)).code).toBe('tls');
    const other = selfSignedCertificate(servername).cert;
    expect((await failure(url, { ca: other, servername }, egress)).code).toBe('tls');
  });

  it('checks nothing when told so, and only then', async () => {
    const url = await serveTls();
    const egress = egressWith();
    expect((await egress.get(url, { insecure: true })).body).toBe('secured');
    expect((await failure(url, {}, egress)).code).toBe('tls');
  });

  it('says when a certificate has expired', async () => {
    const expired = selfSignedCertificate('node.example.com', { validDays: -1 });
    const error = await failure(await serveTls(expired), {
      ca: expired.cert,
      servername: 'node.example.com',
    });
    expect(error.message).toContain('has expired');
  });

  it('says when one side speaks TLS and the other does not', async () => {
    const plain = await serve((_, response) => response.end());
    expect((await failure(plain.replace('http:', 'https:'))).message).toContain(
      'should its address begin with http://?',
    );
    const secured = await serveTls();
    expect(['reset', 'protocol']).toContain((await failure(secured.replace('https:', 'http:'))).code);
  });
});
