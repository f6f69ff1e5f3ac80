import { afterEach, describe, expect, it } from 'vitest';
import { ApiRig } from './api-rig.fixture.js';
import { BadPublicKey, isProtected } from './index.js';
import { Signer, unsigned } from './tokens.fixture.js';

const signer = new Signer();
const stranger = new Signer();
const SETTINGS = { jwtPublicKey: signer.publicKey, isSwaggerUiEnabled: true };
/** The rig's clock stands still. */
const NOW = Date.parse('2026-01-01T00:00:00Z') / 1_000;
const SECRET = Buffer.from(signer.publicKey, 'base64');

let rig: ApiRig;
afterEach(() => rig.end());

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
const ask = (headers: Record<string, string>, path = '/api/stats/') => fetch(rig.url + path, { headers });

describe('a protected API', () => {
  it('D32: lets those in who bring a token, in either header', async () => {
    rig = await ApiRig.start(SETTINGS);
    const token = await signer.sign({ sub: 'somebody', iat: NOW, exp: NOW + 60 });
    for (const headers of [
      bearer(token),
      { 'x-auth-token': token },
      { 'x-auth-token': token, authorization: 'Basic YTpi' },
    ]) {
      expect((await ask(headers)).status).toBe(200);
      expect((await rig.post('/api/write/?cluster=tc', '', headers)).status).toBe(200);
      expect((await rig.post('/api/query/', '{}', headers)).status).toBe(200);
    }
  });

  it.each([
    ['no header', {}],
    ['another scheme', { authorization: 'Basic YTpi' }],
    ['a scheme in other letters', { authorization: 'bearer a.b.c' }],
    ['an empty X-Auth-Token', { 'x-auth-token': '' }],
  ])('asks for a token: %s', async (_what, headers) => {
    rig = await ApiRig.start(SETTINGS);
    for (const path of ['/api/write', '/api/query', '/api/query/x', '/api/stats', '/api/stats/']) {
      const method = path === '/api/write' ? 'POST' : 'GET';
      const response = await fetch(rig.url + path, { method, headers: headers as Record<string, string> });
      expect(response.status).toBe(401);
      expect(response.headers.get('content-type')).toBe('text/plain; charset=utf-8');
      expect(await response.text()).toBe('Use JWT Authentication\n');
    }
    expect([rig.writes, rig.queries]).toEqual([[], []]);
  });

  it.each<[string, string, () => Promise<string> | string]>([
    ['an expired one', 'Token is expired', () => signer.sign({ exp: NOW - 5 })],
    ['one of the future', 'Token used before issued', () => signer.sign({ iat: NOW + 6 })],
    ['one issued at no time', 'Token used before issued', () => signer.sign({ iat: 'x' as never })],
    ['one that is not valid yet', 'Token is not valid yet', () => signer.sign({ nbf: NOW + 6 })],
    ['one that never began', 'Token is not valid yet', () => signer.sign({ nbf: 'x' as never })],
    ['one that ends at no time', 'Token is expired', () => signer.sign({ exp: 'x' as never })],
    ['an unsigned one', 'signing method (alg) is unavailable.', () => unsigned({ alg: 'none' }, {})],
    [
      'one with the public key as secret',
      'signing method (alg) is unavailable.',
      () => signer.sign({}, 'HS256', SECRET),
    ],
    [
      'a forged algorithm',
      'signing method (alg) is unavailable.',
      () => unsigned({ alg: 'RS256' }, {}, 'AAAA'),
    ],
    ['one of another key', 'key is invalid', () => stranger.sign({ exp: NOW + 60 })],
    ['an expired one of another key', 'key is invalid', () => stranger.sign({ exp: NOW - 60 })],
    ['one without signature', 'key is invalid', () => unsigned({ alg: 'EdDSA' }, {})],
    ['one without algorithm', 'key is invalid', () => unsigned({}, {})],
    [
      'one that wants more understood',
      'key is invalid',
      () => unsigned({ alg: 'EdDSA', crit: ['a'], a: 1 }, {}, 'AAAA'),
    ],
    ['no token', 'key is invalid', () => 'nonsense'],
  ])('refuses %s: %s', async (_what, text, make) => {
    rig = await ApiRig.start(SETTINGS);
    const response = await ask(bearer(await make()));
    expect([response.status, await response.text()]).toEqual([401, `${text}\n`]);
  });

  it('refuses a token whose claims were changed', async () => {
    rig = await ApiRig.start(SETTINGS);
    const [header, , signature] = (await signer.sign({ sub: 'a' })).split('.');
    const claims = Buffer.from('{"sub":"b"}').toString('base64url');
    expect(await (await ask(bearer(`${header}.${claims}.${signature}`))).text()).toBe('key is invalid\n');
  });

  it('forgives clocks that are five seconds off, and looks at the time of each request', async () => {
    rig = await ApiRig.start(SETTINGS);
    const token = await signer.sign({ iat: NOW + 5, nbf: NOW + 5, exp: NOW + 60 });
    expect((await ask(bearer(token))).status).toBe(200);
    rig.clock.advance(64_000);
    expect((await ask(bearer(token))).status).toBe(200);
    rig.clock.advance(1_000);
    expect(await (await ask(bearer(token))).text()).toBe('Token is expired\n');
  });

  it('never protects Swagger and health', async () => {
    rig = await ApiRig.start(SETTINGS);
    for (const path of ['/swagger/index.html', '/swagger/doc.json', '/health/live', '/health/ready'])
      expect((await ask({}, path)).status).toBe(200);
  });

  it('refuses before the body is there, and closes the connection', async () => {
    rig = await ApiRig.start(SETTINGS, { lingerMs: 50 });
    const answer = await rig.exchange(
      'POST /api/write/?cluster=tc HTTP/1.1\r\nHost: a\r\nContent-Length: 16000000\r\n\r\n',
    );
    expect(answer).toMatch(/^HTTP\/1\.1 401 Unauthorized\r\n/);
    expect(answer).toMatch(/^connection: close\r$/im);
    expect(answer).toContain('\r\n\r\nUse JWT Authentication\n');
    expect(rig.writes).toEqual([]);
  });

  it('asks nobody for a body that it would not read', async () => {
    rig = await ApiRig.start(SETTINGS);
    const answer = await rig.exchange(
      'POST /api/write/?cluster=tc HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 9\r\n\r\n',
    );
    expect(answer).toMatch(/^HTTP\/1\.1 401 Unauthorized\r\n/);
  });
});

describe('an API with a key that is none', () => {
  it('D18: cannot be made', async () => {
    await expect(ApiRig.start({ jwtPublicKey: 'nonsense' })).rejects.toThrow(BadPublicKey);
  });
});

describe('an API without a key', () => {
  it.each([undefined, ''])('is open to everybody: %j', async (jwtPublicKey) => {
    rig = await ApiRig.start({ jwtPublicKey });
    expect(isProtected({ jwtPublicKey })).toBe(false);
    expect((await ask(bearer('nonsense'))).status).toBe(200);
    expect(isProtected(SETTINGS)).toBe(true);
  });
});
