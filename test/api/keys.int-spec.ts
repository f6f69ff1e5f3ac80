import { createLocalJWKSet, importSPKI, jwtVerify, SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { KeyRing, SigningKeys } from '../../libs/identity/index.js';
import { startApiApp, type ApiApp } from './api-app.js';
import { ApiClient } from './api-client.js';

const PEM = '/.well-known/public-key.pem';
const HOUR_MS = 3_600_000;

let api: ApiApp;
let client: ApiClient;
beforeAll(async () => {
  api = await startApiApp();
  client = new ApiClient(api.app);
  await client.signIn();
});
afterAll(() => api.close());

const token = () => (client.headers['authorization'] ?? '').slice('Bearer '.length);
const publicly = (url: string) => client.call('GET', url, undefined, { authorization: '' });

describe('the public key', () => {
  it('is shown in PEM, to everybody, as the esc CLI wants it', async () => {
    const { status, headers, text } = await publicly(PEM);
    expect(status).toBe(200);
    expect(headers['content-type']).toBe('text/plain; charset=utf-8');
    const key = await importSPKI(text, 'RS256');
    await jwtVerify(token(), key, { currentDate: api.clock.now() });
  });

  it('of the next key is there when one is announced, and in the key set beside the present one', async () => {
    const none = await publicly(`${PEM}?next=true`);
    expect(none.status).toBe(404);
    expect(none.headers['content-type']).toContain('application/problem+json');
    expect(none.json.detail).toContain('next key');
    const { next } = await api.app.get(SigningKeys, { strict: false }).rotate(HOUR_MS);
    api.clock.advance(30_000);
    expect((await publicly(`${PEM}?next=true`)).text).toBe(next.key.publicPem);
    expect((await publicly(PEM)).text).not.toBe(next.key.publicPem);
    expect((await publicly('/.well-known/jwks.json')).json.keys).toHaveLength(2);
  });

  it('changes with the signing key, and tokens of before go on working', async () => {
    const before = token();
    const announced = (await publicly(`${PEM}?next=true`)).text;
    // So that the token is younger than the change.
    api.clock.advance(HOUR_MS - 60_000);
    await client.signIn();
    const shortlyBefore = token();
    api.clock.advance(60_000);
    await client.signIn();
    expect(token()).not.toBe(before);
    expect((await publicly(PEM)).text).toBe(announced);
    const { json } = await publicly('/.well-known/jwks.json');
    for (const one of [shortlyBefore, token()]) {
      await jwtVerify(one, createLocalJWKSet(json), { currentDate: api.clock.now() });
      const headers = { authorization: `Bearer ${one}` };
      expect((await client.call('GET', '/resources/v1/organizations', undefined, headers)).status).toBe(200);
    }
  });

  it('is refused with a reason for an answer other than true and false', async () => {
    const answer = await publicly(`${PEM}?next=perhaps`);
    expect(answer.status).toBe(400);
    expect(answer.json.fields).toEqual({ next: 'must be true or false' });
  });
});

it('no other token that our keys sign is an access token', async () => {
  const { privateKey, id } = await api.app.get(KeyRing, { strict: false }).signing();
  const iat = Math.floor(api.clock.now().getTime() / 1_000);
  const claims = { iss: 'urn:spillway', sub: '000000000000000admin', sid: 'x', iat, exp: iat + 60 };
  const sign = (typ: string, aud: string) =>
    new SignJWT({ ...claims, aud }).setProtectedHeader({ alg: 'RS256', kid: id, typ }).sign(privateKey);
  for (const [typ, aud, claim] of [
    ['mfa+jwt', 'https://api.eventstore.cloud', 'typ'],
    ['JWT', 'urn:spillway:mfa', 'aud'],
  ] as const) {
    const headers = { authorization: `Bearer ${await sign(typ, aud)}` };
    const answer = await client.call('GET', '/resources/v1/organizations', undefined, headers);
    expect(answer.status).toBe(401);
    expect(answer.json.detail).toContain(`"${claim}"`);
  }
});
