import { pino, type Level } from 'pino';
import { afterEach, describe, expect, it } from 'vitest';
import { waitUntil } from '../../testing/wait-until.js';
import { IntakeFull } from '../intake/index.js';
import { LineProtocolError } from '../line-protocol/index.js';
import { BadQuery } from '../query/index.js';
import { ApiRig } from './api-rig.fixture.js';
import { Signer } from './tokens.fixture.js';

const WRITE = '/api/write/?cluster=tc';
const TIMES = 30;

let rig: ApiRig;
let text = '';
afterEach(() => rig.end());

async function start(
  settings: Parameters<typeof ApiRig.start>[0] = {},
  level: Level = 'info',
): Promise<void> {
  text = '';
  const output = { write: (line: string) => void (text += line) };
  rig = await ApiRig.start(settings, {}, pino({ level, base: null, timestamp: false }, output));
}
const logged = (): unknown[] =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as unknown);
const warning = (route: string, status: number, count: number, reason: string) => ({
  level: 40,
  event: 'requests.refused',
  route,
  status,
  count,
  reason,
});

async function times(count: number, send: () => Promise<Response>): Promise<void> {
  for (let sent = 0; sent < count; sent += 1) await (await send()).text();
}

describe('the log', () => {
  it('tells of wrong tokens: of the first at once, of the others by their number, and never which', async () => {
    await start({ jwtPublicKey: new Signer().publicKey });
    const token = await new Signer().sign({ sub: 'collector' });
    const send = (path: string) => rig.post(path, 'marked', { authorization: `Bearer ${token}` });
    await times(TIMES, () => send(WRITE));
    expect(logged()).toEqual([warning('write', 401, 1, 'key is invalid')]);
    await times(1, () => send('/api/query/'));
    await times(2, () => fetch(`${rig.url}/api/stats/`));
    await rig.end();
    expect(logged().slice(1)).toEqual([
      warning('query', 401, 1, 'key is invalid'),
      warning('stats', 401, 1, 'Use JWT Authentication'),
      warning('write', 401, TIMES - 1, 'key is invalid'),
      warning('stats', 401, 1, 'Use JWT Authentication'),
    ]);
    for (const secret of ['marked', ...token.split('.')]) expect(text).not.toContain(secret);
  });

  it('tells of bodies that cannot be read, with the last reason, and of what is too busy', async () => {
    await start();
    let line = 0;
    rig.onWrite = () => Promise.reject(new LineProtocolError((line += 1), 5, 'a field has no value'));
    await times(TIMES, () => rig.post(WRITE, 'marked event='));
    rig.onWrite = () => Promise.reject(new IntakeFull());
    await times(2, () => rig.post(WRITE, 'marked'));
    rig.onQuery = () => Promise.reject(new BadQuery('"from" is after "to"'));
    await times(1, () => rig.post('/api/query', 'marked'));
    await rig.end();
    const busy = new IntakeFull().message;
    expect(logged()).toEqual([
      warning('write', 400, 1, 'at line 1:5: a field has no value'),
      warning('write', 503, 1, busy),
      warning('query', 400, 1, '"from" is after "to"'),
      warning('write', 400, TIMES - 1, `at line ${TIMES}:5: a field has no value`),
      warning('write', 503, 1, busy),
    ]);
    expect(text).not.toContain('marked');
  });

  it('tells of requests that reach no route', async () => {
    await start();
    await times(1, () => rig.post('/write', 'marked'));
    await times(1, () => fetch(rig.url + WRITE));
    await rig.exchange('GET /api/write/%zz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
    await rig.exchange('marked\r\n\r\n');
    expect(logged()).toEqual([
      warning('other', 404, 1, '404 page not found'),
      warning('write', 405, 1, 'Method Not Allowed'),
      warning('write', 400, 1, 'the path is malformed'),
      warning('other', 400, 1, 'the request cannot be read as HTTP'),
    ]);
  });

  it('tells at its end of what was refused while the server was being closed', async () => {
    await start();
    const { promise: refused, reject: refuse } = Promise.withResolvers<never>();
    const entered = Array.from({ length: 2 }, () => Promise.withResolvers<void>());
    rig.onWrite = () => (entered[rig.writes.length - 1]!.resolve(), refused);
    const answers = [rig.post(WRITE, 'x'), rig.post(WRITE, 'x')];
    await Promise.all(entered.map(({ promise }) => promise));
    const closed = rig.end();
    const isClosed = () =>
      rig.connect().then(
        () => false,
        () => true,
      );
    await waitUntil(isClosed, { what: 'the port to be closed' });
    refuse(new LineProtocolError(1, 1, 'a line has no fields'));
    for (const answer of await Promise.all(answers)) expect(answer.status).toBe(400);
    await closed;
    const line = warning('write', 400, 1, 'at line 1:1: a line has no fields');
    expect(logged()).toEqual([line, line]);
  });

  it('says nothing of what is answered, except to who debugs', async () => {
    await start();
    await times(1, () => rig.post(WRITE, 'marked'));
    await rig.end();
    expect(text).toBe('');
    await start({}, 'debug');
    await times(1, () => rig.post('/api/write/?cluster=marked', 'marked'));
    await rig.end();
    expect(logged()).toEqual([
      {
        level: 20,
        event: 'request.answered',
        method: 'POST',
        route: 'write',
        status: 200,
        elapsedMs: expect.any(Number) as number,
      },
    ]);
  });
});
