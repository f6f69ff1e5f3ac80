import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EscClient } from './support/esc-client.js';
import { esc } from './support/esc-decoders.js';
import { problemOf, startEscStage, UNKNOWN_ID, type EscStage } from './support/esc-stage.js';

let stage: EscStage;
let client: EscClient;
let organization: string;
let organizationId: string;

beforeAll(async () => {
  stage = await startEscStage();
  ({ client, organization, organizationId } = stage);
});
afterAll(() => stage?.stop());

describe('esc access', () => {
  it('lists, gets, deactivates and removes members', async () => {
    const all = `/access/v1/${organization}/members`;
    const invites = `/access/v1/${organization}/invites`;
    const invited = await client.call('POST', invites, { userEmail: 'ann@example.com' });
    const { code } = JSON.parse(invited.body) as { code: string };
    const newcomer = { code, name: 'Ann', password: 'seven bright herons over the lake' };
    await client.call('POST', '/hub/v1/invites/accept', newcomer);

    const { members } = await client.read(esc.members, 'GET', all);
    const { id } = members.find(({ email }) => email === 'ann@example.com')!;
    const path = `${all}/${id}`;
    for (const active of [false, true, false]) {
      expect(await client.call('PUT', path, { active })).toMatchObject({ status: 204, body: '' });
      const { member } = await client.read(esc.member, 'GET', path);
      expect(member).toMatchObject({ id, active, email: 'ann@example.com', name: 'Ann', organizationId });
    }
    expect(await client.call('DELETE', path)).toMatchObject({ status: 204, body: '' });
    expect((await client.read(esc.members, 'GET', all)).members.map((one) => one.id)).not.toContain(id);
    for (const [method, body] of [['GET'], ['PUT', { active: true }], ['DELETE']] as const)
      for (const gone of [path, `${all}/${UNKNOWN_ID}`])
        expect((await problemOf(client.call(method, gone, body))).status).toBe(404);
  });

  it('creates, lists, resends and deletes invites', async () => {
    const all = `/access/v1/${organization}/invites`;
    const { id } = await client.read(esc.created, 'POST', all, { userEmail: 'bob@example.com' });
    const found = async () =>
      (await client.read(esc.invites, 'GET', all)).invites.filter((one) => one.id === id);
    expect(await found()).toMatchObject([{ id, email: 'bob@example.com', accepted: false, organizationId }]);
    expect((await client.call('PUT', all, { id })).status).toBe(200);
    expect(await found()).toMatchObject([{ id, email: 'bob@example.com', accepted: false }]);
    expect((await problemOf(client.call('PUT', all, { id: UNKNOWN_ID }))).status).toBe(404);
    expect(await client.call('DELETE', `${all}/${id}`)).toMatchObject({ status: 204, body: '' });
    expect(await found()).toEqual([]);
    expect((await problemOf(client.call('PUT', all, { id }))).status).toBe(404);
    expect((await problemOf(client.call('DELETE', `${all}/${UNKNOWN_ID}`))).status).toBe(404);
  });

  it('reads the settings', async () => {
    const { settings } = await client.read(esc.settings, 'GET', `/access/v1/${organization}/settings`);
    expect(settings.requireMfa).toBe(false);
  });

  it.each(['groups', 'policies'])('is told in full that there are no %s yet', async (kind) => {
    const all = `/access/v1/${organization}/${kind}`;
    for (const [method, path] of [
      ['GET', all],
      ['POST', all],
      ['GET', `${all}/${UNKNOWN_ID}`],
      ['DELETE', `${all}/${UNKNOWN_ID}`],
    ] as const)
      expect((await problemOf(client.call(method, path))).status).toBe(404);
  });
});

describe('esc audit', () => {
  it.each([
    ['organization', () => `/audit/v1/${organization}/log?`],
    [
      'organization, limited',
      () =>
        `/audit/v1/${organization}/log?before=2100-01-01T00%3A00%3A00Z&after=2020-01-01T00%3A00%3A00Z&limit=5&`,
    ],
    ['user', () => '/audit/v1/user/log?'],
    ['user of an organization', () => `/audit/v1/user/log?limit=5&org=${organizationId}&`],
  ])('%s', async (_what, path) => {
    const { logs } = await client.read(esc.logs, 'GET', path());
    expect(logs.length).toBeGreaterThan(0);
    if (path().includes('limit=5')) expect(logs.length).toBeLessThanOrEqual(5);
  });
});
