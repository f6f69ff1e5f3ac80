import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Bootstrap } from '../../libs/identity/index.js';
import { BOOTSTRAP_TOKEN, startApiApp, type ApiApp } from './api-app.js';
import { ApiClient } from './api-client.js';
import { callAs, person } from './people.js';

const TOKENS = '/access/v1/tokens/user';

let api: ApiApp;
let client: ApiClient;

beforeAll(async () => {
  api = await startApiApp();
  client = new ApiClient(api.app);
  await client.signIn();
});
afterAll(() => api.close());

const refreshed = (refreshToken: string) =>
  client.call('POST', '/oauth/token', { grant_type: 'refresh_token', refresh_token: refreshToken });

describe('refresh tokens', () => {
  it('are made by name, shown once, and listed without their text', async () => {
    const call = callAs(client, await person(api));
    const { status, json } = await call('POST', TOKENS, { label: 'terraform' });
    expect(status).toBe(200);
    expect(json).toEqual({ id: expect.any(String), refreshToken: expect.stringMatching(/^spw_/) });
    const listed = await call('GET', TOKENS);
    expect(listed.json).toEqual({
      tokens: expect.arrayContaining([
        {
          id: json.id,
          label: 'terraform',
          created: expect.any(String),
          lastUsed: null,
          mfa: false,
          current: false,
        },
      ]),
    });
    expect(listed.json.tokens.map(({ current }: { current: boolean }) => current).toSorted()).toEqual([
      false,
      true,
    ]);
    expect(listed.text).not.toContain(json.refreshToken);
    const rows = await api.database.query('SELECT * FROM refresh_tokens');
    expect(JSON.stringify(rows)).not.toContain(json.refreshToken);
    expect((await refreshed(json.refreshToken)).status).toBe(200);
    const used = (await call('GET', TOKENS)).json.tokens.find(({ id }: { id: string }) => id === json.id);
    expect(used.lastUsed).toBe(api.clock.now().toISOString());
  });

  it('count as got with a second factor when their maker had shown one', async () => {
    for (const mfa of [true, false]) {
      const call = callAs(client, await person(api, { mfa }));
      const { id } = (await call('POST', TOKENS, { label: 'terraform' })).json;
      const { tokens } = (await call('GET', TOKENS)).json;
      expect(tokens.find((token: { id: string }) => token.id === id).mfa).toBe(mfa);
    }
  });

  it('end when they are revoked, at once with the access tokens that were got with them', async () => {
    const call = callAs(client, await person(api));
    const { id, refreshToken } = (await call('POST', TOKENS, { label: 'terraform' })).json;
    const { access_token: accessToken } = (await refreshed(refreshToken)).json;
    const authorization = `Bearer ${String(accessToken)}`;
    const use = () => client.call('GET', TOKENS, undefined, { authorization });
    expect((await use()).status).toBe(200);
    expect((await call('DELETE', `${TOKENS}/${id}`)).status).toBe(204);
    expect((await use()).status).toBe(401);
    expect((await refreshed(refreshToken)).json.error).toBe('invalid_grant');
    expect((await call('DELETE', `${TOKENS}/${id}`)).status).toBe(404);
    expect((await call('GET', TOKENS)).json.tokens).toHaveLength(1);
    const rows = await api.database.query<{ action: string; service: string }>(
      'SELECT service, action FROM audit_log WHERE urn = $1 ORDER BY seq',
      [`urn:spillway:tokens/${String(id)}`],
    );
    expect(rows).toEqual([
      { service: 'access', action: 'token.created' },
      { service: 'access', action: 'token.revoked' },
    ]);
  });

  it('of others are not there, not even for an operator', async () => {
    const [one, other] = [callAs(client, await person(api)), callAs(client, await person(api))];
    const { id, refreshToken } = (await one('POST', TOKENS, { label: 'terraform' })).json;
    const unknown = await other('DELETE', `${TOKENS}/00000000000000000000`);
    const foreign = await other('DELETE', `${TOKENS}/${String(id)}`);
    expect([foreign.status, foreign.json.detail]).toEqual([404, unknown.json.detail]);
    expect((await client.call('DELETE', `${TOKENS}/${String(id)}`)).status).toBe(404);
    expect((await refreshed(refreshToken)).status).toBe(200);
  });

  it('are a hundred at most that were made by name, also when several are made at once', async () => {
    const { accountId, ...rest } = await person(api);
    const call = callAs(client, { accountId, ...rest });
    await api.database.query(
      `INSERT INTO refresh_tokens (id, token_hash, account_id, label, created_at)
       SELECT $1 || n, $1 || n, $1, 'many', now() FROM generate_series(1, 97) n`,
      [accountId],
    );
    const make = () => call('POST', TOKENS, { label: 'one more' });
    const answers = await Promise.all([make(), make(), make(), make()]);
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 200, 409, 409]);
    expect(answers.find(({ status }) => status === 409)?.json.detail).toContain('revoke one first');
    const { id } = answers.find(({ status }) => status === 200)!.json;
    await call('DELETE', `${TOKENS}/${String(id)}`);
    await api.database.query('UPDATE refresh_tokens SET is_sign_in = true WHERE id = $1', [`${accountId}1`]);
    expect([(await make()).status, (await make()).status, (await make()).status]).toEqual([200, 200, 409]);
  });

  it('need a name', async () => {
    for (const body of [{}, { label: ' ' }, { label: 'x'.repeat(201) }])
      expect((await client.call('POST', TOKENS, body)).json.fields).toHaveProperty('label');
  });

  it('are listed in pages when that is asked for', async () => {
    const call = callAs(client, await person(api));
    for (const label of ['a', 'b']) await call('POST', TOKENS, { label });
    const first = (await call('GET', `${TOKENS}?limit=2`)).json;
    const second = (await call('GET', `${TOKENS}?limit=2&after=${String(first.next)}`)).json;
    expect([first.tokens.length, second.tokens.length, second.next]).toEqual([2, 1, null]);
  });
});

describe("the operator's first token", () => {
  it('may be revoked, and stays so', async () => {
    const { tokens } = (await client.call('GET', TOKENS)).json;
    const { id } = tokens.find(({ current }: { current: boolean }) => current);
    expect((await client.call('DELETE', `${TOKENS}/${String(id)}`)).status).toBe(204);
    await api.app.get(Bootstrap).ensureGivenToken();
    expect((await refreshed(BOOTSTRAP_TOKEN)).json.error).toBe('invalid_grant');
  });
});
