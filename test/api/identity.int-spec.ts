import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { createLocalJWKSet, decodeJwt, jwtVerify, SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Bootstrap } from '../../libs/identity/index.js';
import { KeyRing } from '../../libs/identity/keys/key-ring.js';
import { BOOTSTRAP_TOKEN, startApiApp, type ApiApp } from './api-app.js';
import { ApiClient } from './api-client.js';

const ORGANIZATIONS = '/resources/v1/organizations';
const AUDIENCE = 'https://api.eventstore.cloud';

let api: ApiApp;
let client: ApiClient;

beforeAll(async () => {
  api = await startApiApp();
  client = new ApiClient(api.app);
  await client.signIn();
});
afterAll(() => api.close());

const form = { 'content-type': 'application/x-www-form-urlencoded' };
const grant = (members: Record<string, string>) =>
  client.call('POST', '/oauth/token', new URLSearchParams(members).toString(), form);
const refresh = { grant_type: 'refresh_token', client_id: 'spillway', refresh_token: BOOTSTRAP_TOKEN };

describe('POST /oauth/token', () => {
  it('answers the refresh grant in the shape that the clients need', async () => {
    const { status, json } = await grant(refresh);
    expect(status).toBe(200);
    expect(json).toEqual({
      access_token: expect.any(String),
      token_type: 'Bearer',
      expires_in: 3_600,
      scope: 'cloud:access offline_access',
      refresh_token: BOOTSTRAP_TOKEN,
    });
    const claims = decodeJwt(json.access_token);
    expect(claims.aud).toBe(AUDIENCE);
    expect(claims).toMatchObject({
      sub: '000000000000000admin',
      iss: expect.any(String),
      jti: expect.any(String),
    });
    expect([claims.iat, claims.exp].every(Number.isInteger)).toBe(true);
  });

  it('lets the same refresh token be used again and again', async () => {
    const answers = await Promise.all([grant(refresh), grant(refresh), grant(refresh)]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
  });

  it.each([
    ['an unknown token', { ...refresh, refresh_token: 'unknown' }, 'invalid_grant'],
    ['another grant', { grant_type: 'client_credentials', client_id: 'a' }, 'unsupported_grant_type'],
    ['no grant', { client_id: 'spillway' }, 'invalid_request'],
    ['no token', { grant_type: 'refresh_token', client_id: 'spillway' }, 'invalid_request'],
  ])('refuses %s in the words of OAuth and as a problem', async (_what, members, error) => {
    const { status, json } = await grant(members);
    expect(status).toBe(400);
    expect(json).toMatchObject({
      error,
      error_description: json.detail,
      status: 400,
      instance: '/oauth/token',
    });
  });

  it('refuses a body that is no form and no JSON object', async () => {
    expect((await client.call('POST', '/oauth/token')).json.error).toBe('invalid_request');
    expect((await client.call('POST', '/oauth/token', [])).json.error).toBe('invalid_request');
  });

  it('stops working when the refresh token is revoked, also after a restart', async () => {
    await api.database.query('UPDATE refresh_tokens SET revoked_at = now()');
    await api.app.get(Bootstrap).ensureGivenToken();
    expect((await grant(refresh)).json.error).toBe('invalid_grant');
    await api.database.query('UPDATE refresh_tokens SET revoked_at = NULL');
    expect((await grant(refresh)).status).toBe(200);
  });

  it('keeps no refresh token in clear', async () => {
    const rows = await api.database.query('SELECT * FROM refresh_tokens');
    expect(rows).toHaveLength(1);
    expect(JSON.stringify(rows)).not.toContain(BOOTSTRAP_TOKEN);
  });
});

describe('the signing key', () => {
  it('is shown as a key set that verifies access tokens', async () => {
    const { json } = await client.call('GET', '/.well-known/jwks.json', undefined, { authorization: '' });
    expect(json.keys).toHaveLength(1);
    expect(Object.keys(json.keys[0]).sort()).toEqual(['alg', 'e', 'kid', 'kty', 'n', 'use']);
    const token = (await grant(refresh)).json.access_token;
    await jwtVerify(token, createLocalJWKSet(json), { currentDate: api.clock.now() });
  });

  it('is kept sealed', async () => {
    const rows = await api.database.query('SELECT * FROM signing_keys');
    expect(rows).toHaveLength(1);
    expect(JSON.stringify(rows)).not.toContain('PRIVATE KEY');
  });
});

describe('a request', () => {
  const other = generateKeyPairSync('rsa', { modulusLength: 2_048 }).privateKey;
  const call = (authorization: string) => client.call('GET', ORGANIZATIONS, undefined, { authorization });
  const token = () => (client.headers['authorization'] ?? '').slice('Bearer '.length);
  const ownKey = async () => (await api.app.get(KeyRing).signing()).privateKey;
  const sign = (key: KeyObject, claims: Record<string, unknown> = {}) => {
    const iat = Math.floor(api.clock.now().getTime() / 1_000);
    const all = {
      iss: 'urn:spillway',
      sub: '000000000000000admin',
      aud: AUDIENCE,
      iat,
      exp: iat + 60,
      ...claims,
    };
    return new SignJWT(all).setProtectedHeader({ alg: 'RS256', typ: 'JWT' }).sign(key);
  };

  it.each(['Bearer', 'bearer', 'BEARER'])('passes with the scheme %s', async (scheme) => {
    expect((await call(`${scheme} ${token()}`)).status).toBe(200);
  });

  it('is refused without a token', async () => {
    const answer = await call('');
    expect(answer.status).toBe(401);
    expect(answer.json).toMatchObject({ title: 'Unauthorized', instance: ORGANIZATIONS });
    expect(answer.json.detail).toContain('no access token');
    expect(answer.headers['www-authenticate']).toContain('Bearer');
  });

  it.each(['Basic YTpi', 'Bearer', 'Bearer a b', 'nonsense'])(
    'is refused with the header %s',
    async (header) => {
      const answer = await call(header);
      expect(answer.status).toBe(401);
      expect(answer.json.detail).toContain('malformed');
    },
  );

  it('is refused with what is no JWT', async () => {
    expect((await call('Bearer abc')).json.detail).toContain('malformed');
  });

  it("is refused with another key's signature", async () => {
    const answer = await call(`Bearer ${await sign(other)}`);
    expect(answer.status).toBe(401);
    expect(answer.json.detail).toContain('forged');
  });

  it('is refused when the payload was changed', async () => {
    const [header, , signature] = token().split('.');
    const payload = Buffer.from(JSON.stringify({ ...decodeJwt(token()), sub: 'root' })).toString('base64url');
    expect((await call(`Bearer ${header}.${payload}.${signature}`)).status).toBe(401);
  });

  it('is refused with the algorithm none', async () => {
    const header = Buffer.from('{"alg":"none"}').toString('base64url');
    const answer = await call(`Bearer ${header}.${token().split('.')[1]}.`);
    expect(answer.status).toBe(401);
  });

  it.each([
    ['another audience', { aud: 'https://other.example' }],
    ['another issuer', { iss: 'https://other.example' }],
    ['no end', { exp: undefined }],
    ['no refresh token', { sid: undefined }],
  ])('is refused with a token of ours for %s', async (_what, claims) => {
    const answer = await call(`Bearer ${await sign(await ownKey(), claims)}`);
    expect(answer.status).toBe(401);
    expect(answer.json.detail).toContain('not meant for this API');
  });

  it('is refused when the token has expired', async () => {
    api.clock.advance(3_601_000);
    const answer = await call(`Bearer ${token()}`);
    expect(answer.status).toBe(401);
    expect(answer.json.detail).toContain('expired');
    await client.signIn();
  });
});

describe('organizations and projects', () => {
  it('have the shapes of Event Store Cloud', async () => {
    const { organizationId, projectId, path } = await client.tenant();
    const organization = {
      id: organizationId,
      name: 'acme',
      created: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      provisioningEnabled: true,
    };
    const one = await client.call('GET', `${ORGANIZATIONS}/${organizationId}`);
    expect(one.json).toEqual({ organization });
    expect((await client.call('GET', ORGANIZATIONS)).json.organizations).toContainEqual(organization);
    const project = { id: projectId, name: 'orders', organizationId, created: expect.any(String) };
    expect((await client.call('GET', `/resources/v1/${path}`)).json).toEqual({ project });
    const projects = await client.call('GET', `${ORGANIZATIONS}/${organizationId}/projects`);
    expect(projects.json).toEqual({ projects: [project] });
  });

  it('are renamed, ignoring what the Terraform provider sends along', async () => {
    const { organizationId, projectId, path } = await client.tenant();
    const body = { name: 'renamed', OrganizationID: organizationId, ProjectID: projectId };
    expect(await client.call('PUT', `/resources/v1/${path}`, body)).toMatchObject({ status: 204, text: '' });
    expect((await client.call('GET', `/resources/v1/${path}`)).json.project.name).toBe('renamed');
    expect((await client.call('PUT', `${ORGANIZATIONS}/${organizationId}`, body)).status).toBe(204);
    expect((await client.call('GET', `${ORGANIZATIONS}/${organizationId}`)).json.organization.name).toBe(
      'renamed',
    );
  });

  it('keep whether MFA is enabled', async () => {
    const { organizationId } = await client.tenant();
    const url = `${ORGANIZATIONS}/${organizationId}/mfa`;
    expect((await client.call('GET', url)).json).toEqual({ mfaEnabled: false });
    expect(await client.call('POST', url, { mfaEnabled: true })).toMatchObject({
      status: 200,
      json: { mfaEnabled: true },
    });
    expect((await client.call('GET', url)).json).toEqual({ mfaEnabled: true });
  });

  it('are listed in pages when a limit is given', async () => {
    const { organizationId } = await client.tenant();
    const url = `${ORGANIZATIONS}/${organizationId}/projects`;
    await client.call('POST', url, { name: 'second' });
    const first = (await client.call('GET', `${url}?limit=1`)).json;
    const second = (await client.call('GET', `${url}?limit=1&after=${first.next}`)).json;
    expect([first.projects.length, second.projects.length, second.next]).toEqual([1, 1, null]);
    expect(second.projects[0].id).not.toBe(first.projects[0].id);
  });

  it('are gone once deleted, with everything in them', async () => {
    const { organizationId, path } = await client.tenant();
    const cluster = { name: 'orders-db', nodes: [{ address: 'https://n1.example.com:2113' }] };
    const { id: clusterId } = (await client.call('POST', `/hub/v1/${path}/clusters`, cluster)).json;
    const data = { sink: 'slack', channelId: '#alerts', token: 'xoxb-not-a-real-one' };
    const created = await client.call('POST', `/integrate/v1/${path}/integrations`, {
      description: 'a',
      data,
    });
    expect((await client.call('DELETE', `${ORGANIZATIONS}/${organizationId}`)).status).toBe(204);
    expect((await client.call('GET', `${ORGANIZATIONS}/${organizationId}`)).status).toBe(404);
    expect((await client.call('GET', `/resources/v1/${path}`)).status).toBe(404);
    expect((await client.call('GET', `/hub/v1/${path}/clusters`)).status).toBe(404);
    const [stored] = await api.database.query<{ cluster: Date; integration: string }>(
      `SELECT clusters.deleted_at AS cluster, integrations.status AS integration FROM clusters, integrations
       WHERE clusters.id = $1 AND integrations.id = $2`,
      [clusterId, created.json.id],
    );
    expect(stored).toEqual({ cluster: expect.any(Date), integration: 'deleted' });
    expect(api.observer.changed).toContain(clusterId);
  });

  it("are not found under another organization's path", async () => {
    const [mine, others] = [await client.tenant(), await client.tenant()];
    const foreign = `organizations/${others.organizationId}/projects/${mine.projectId}`;
    for (const url of [
      `resources/v1/${foreign}`,
      `hub/v1/${foreign}/clusters`,
      `integrate/v1/${foreign}/integrations`,
    ]) {
      expect(await client.call('GET', `/${url}`)).toMatchObject({
        status: 404,
        json: { detail: 'There is no such project.' },
      });
    }
    expect((await client.call('DELETE', `/resources/v1/${foreign}`)).status).toBe(404);
  });

  it.each(['%00', 'x', 'a%2Fb', "'"])('are not found under the id %s', async (id) => {
    expect((await client.call('GET', `${ORGANIZATIONS}/${id}`)).status).toBe(404);
    expect((await client.call('GET', `${ORGANIZATIONS}/${id}/projects/${id}`)).status).toBe(404);
  });
});
