import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TOTP, Secret } from 'otpauth';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HubClient, HubProcess } from '../../apps/sandbox/hub/index.js';
import { SlackStandIn } from '../../apps/sandbox/slack/index.js';
import { EscClient, EscProblem, SecondFactorNeeded } from './support/esc-client.js';
import { esc } from './support/esc-decoders.js';

const TOKEN = 'e2e-bootstrap-token';
const SLACK_TOKEN = 'xoxb-e2e-esc-cli';
const EMAIL = 'Ann.Smith@example.com';
const PASSWORD = 'seven bright herons over the lake';
const UNKNOWN_ID = '0'.repeat(20);

let directory: string;
let hub: HubProcess;
let slack: SlackStandIn;
let client: EscClient;
let organizationId: string;
let projectId: string;
let organization: string;
let project: string;

beforeAll(async () => {
  slack = new SlackStandIn();
  slack.workspace.addToken(SLACK_TOKEN, { userId: 'U1', botId: 'B1' });
  slack.workspace.addChannel('alerts');
  await slack.start();
  directory = await mkdtemp(join(tmpdir(), 'spillway-esc-'));
  hub = await HubProcess.start({
    SPILLWAY_DATA_DIR: directory,
    SPILLWAY_BOOTSTRAP_TOKEN: TOKEN,
    SLACK_API_URL: slack.apiUrl,
  });
  const answer = await fetch(`${hub.url}/.well-known/public-key.pem`);
  // Ports of the API are lost to the CLI: it reaches the hub as a proxy for port 80 of some host.
  client = newClient(await answer.text());
  await client.refresh(TOKEN);
  ({ id: organizationId } = await client.read(esc.created, 'POST', '/resources/v1/organizations', {
    name: 'acme',
  }));
  const projects = `/resources/v1/organizations/${organizationId}/projects`;
  ({ id: projectId } = await client.read(esc.created, 'POST', projects, { name: 'orders' }));
  organization = `organizations/${organizationId}`;
  project = `${organization}/projects/${projectId}`;
});
afterAll(async () => {
  await hub?.end();
  await slack.stop();
  await rm(directory, { recursive: true, force: true });
});

function newClient(publicKey: string): EscClient {
  return new EscClient({
    apiBaseUrl: 'http://esc.example',
    identityUrl: 'http://esc.example',
    audience: 'https://api.eventstore.cloud',
    clientId: 'OraYp3cFES9O8aWuQtnqi1A7m534iTwt',
    publicKey,
    proxy: hub.url,
  });
}

async function problemOf(request: Promise<unknown>): Promise<EscProblem> {
  const error = await request.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof EscProblem) return error;
  throw new Error(`no problem, but ${String(error)}`);
}

describe('esc access tokens', () => {
  it('verifies the token with the public key of its settings, and is content with its claims', async () => {
    const token = await client.refresh(TOKEN);
    const { exp, aud, iat } = client.verify(token);
    expect(exp - iat!).toBe(token.expires_in);
    expect(aud).toBe('https://api.eventstore.cloud');
    expect(token).toMatchObject({ token_type: 'Bearer', scope: expect.stringMatching(/\S/) });
  });

  it('uses the same refresh token again and again, also at the same time', async () => {
    const tokens = await Promise.all(Array.from({ length: 20 }, () => client.refresh(TOKEN)));
    expect(new Set(tokens.map(({ refresh_token: again }) => again))).toEqual(new Set([TOKEN]));
  });

  it('sends the scheme as it came, also in lower case', async () => {
    const token = await client.refresh(TOKEN);
    client.token = { ...token, token_type: 'bearer' };
    await client.read(esc.organizations, 'GET', '/resources/v1/organizations');
  });

  it('signs in with a password, then with a second factor', async () => {
    const operator = new HubClient(hub.url);
    await operator.logIn(TOKEN);
    const account = { email: EMAIL, name: 'Ann Smith', password: PASSWORD };
    await operator.call('POST', '/hub/v1/accounts', account);
    const person = newClient(await (await fetch(`${hub.url}/.well-known/public-key.pem`)).text());
    await expect(person.signIn(EMAIL, 'wrong')).rejects.toThrow('not authorized');
    const token = await person.signIn(EMAIL.toLowerCase(), PASSWORD);
    person.verify(token);
    expect(token.refresh_token).toMatch(/^spw_/);
    expect(await person.read(esc.organizations, 'GET', '/resources/v1/organizations')).toEqual({
      organizations: [],
    });
    await person.refresh(token.refresh_token!);

    const offered = await person.call('POST', '/hub/v1/account/mfa', { password: PASSWORD });
    const totp = new TOTP({
      secret: Secret.fromBase32((JSON.parse(offered.body) as { secret: string }).secret),
    });
    await person.call('POST', '/hub/v1/account/mfa/confirm', { otp: totp.generate() });
    const needed = await person.signIn(EMAIL, PASSWORD).catch((error: unknown) => error);
    expect(needed).toBeInstanceOf(SecondFactorNeeded);
    const { mfaToken } = needed as SecondFactorNeeded;
    await person.challenge(mfaToken);
    await expect(person.useOneTimePassword(mfaToken, '000000')).rejects.toThrow('not authorized');
    // The code of the enrolment is used up; a clock may be a step ahead.
    const otp = totp.generate({ timestamp: Date.now() + 30_000 });
    person.verify(await person.useOneTimePassword(mfaToken, otp));
    await person.read(esc.organizations, 'GET', '/resources/v1/organizations');
  });
});

describe('esc integrations', () => {
  const all = () => `/integrate/v1/${project}/integrations`;
  const slackData = { sink: 'slack', channelId: '#alerts', token: SLACK_TOKEN };
  const datas = {
    slack: slackData,
    'slack for notifications': { ...slackData, source: 'notifications' },
    opsGenie: { sink: 'opsGenie', apiKey: '7a1c0b42-0f4d-4f5e-9f3a-5d5a5d5a5d5a' },
    awsCloudWatchLogs: {
      sink: 'awsCloudWatchLogs',
      source: 'logs',
      groupName: '/a/b',
      region: 'eu-west-1',
      accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
      secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
    },
    awsCloudWatchMetrics: {
      sink: 'awsCloudWatchMetrics',
      source: 'metrics',
      namespace: 'spillway',
      region: 'eu-west-1',
      clusterIds: [],
      accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
      secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
    },
  };

  it.each(Object.entries(datas))('creates, gets, lists, updates and deletes %s', async (_name, data) => {
    const { id } = await client.read(esc.created, 'POST', all(), { description: 'alerts', data });
    const path = `${all()}/${id}`;
    const { integration } = await client.read(esc.integration, 'GET', path);
    expect(integration).toMatchObject({
      id,
      organizationId,
      projectId,
      status: 'active',
      description: 'alerts',
    });
    expect(integration.data.source).toMatch(/^(issues|notifications|logs|metrics)$/);

    // The CLI sends the description, or nothing; whatever flags were given.
    expect(await client.call('PUT', path, {})).toMatchObject({ status: 204, body: '' });
    await client.call('PUT', path, { description: 'other' });
    const { integrations } = await client.read(esc.integrations, 'GET', all());
    expect(integrations.find((one) => one.id === id)).toMatchObject({
      description: 'other',
      data: integration.data,
    });

    expect(await client.call('DELETE', path)).toMatchObject({ status: 204, body: '' });
    const tombstone = await client.read(esc.integration, 'GET', path);
    expect(tombstone.integration).toMatchObject({ status: 'deleted', data: integration.data });
    expect((await client.read(esc.integrations, 'GET', all())).integrations).toEqual([]);
  });

  it('tests one, without a body', async () => {
    const create = async (data: object) =>
      (await client.read(esc.created, 'POST', all(), { description: '', data })).id;
    const good = await create(slackData);
    expect(await client.call('POST', `${all()}/${good}/test`)).toMatchObject({ status: 204, body: '' });
    const bad = await create({ ...slackData, token: 'xoxb-nobody' });
    const { status } = await problemOf(client.call('POST', `${all()}/${bad}/test`));
    expect([400, 502]).toContain(status);
    for (const id of [good, bad]) await client.call('DELETE', `${all()}/${id}`);
  });

  it('could be told what may be created', async () => {
    const path = `/integrate/v1/${organization}/integrations/options`;
    const { sources } = await client.read(esc.options, 'GET', path);
    expect(sources.map(({ id }) => id).sort()).toEqual(['issues', 'logs', 'metrics', 'notifications']);
  });

  it('shows every problem in full', async () => {
    const unknown = `${all()}/${UNKNOWN_ID}`;
    const foreign = `/integrate/v1/organizations/${UNKNOWN_ID}/projects/${projectId}/integrations`;
    const problems = [
      await problemOf(client.call('POST', all(), { description: '', data: { sink: 'telex' } })),
      await problemOf(client.call('POST', all())),
      await problemOf(client.call('GET', unknown)),
      await problemOf(client.call('DELETE', unknown)),
      await problemOf(client.call('PUT', unknown, {})),
      await problemOf(client.call('POST', `${unknown}/test`)),
      await problemOf(client.call('GET', foreign)),
      await problemOf(client.call('GET', '/integrate/v2/nowhere')),
      await problemOf(client.call('GET', `/integrate/v1/${project}/integrations/a+b`)),
    ];
    expect(problems.map(({ status }) => status)).toEqual([400, 400, 404, 404, 404, 404, 404, 404, 404]);
    for (const { status, problem } of problems) expect(problem.status).toBe(status);
    expect(problems[0]?.problem.fields).toHaveProperty(['data.sink']);
    const { token } = client;
    client.token = { ...token!, access_token: 'nonsense' };
    expect((await problemOf(client.call('GET', all()))).status).toBe(401);
    client.token = token;
  });
});

describe('esc resources', () => {
  it('lives through organizations', async () => {
    const all = '/resources/v1/organizations';
    const { id } = await client.read(esc.created, 'POST', all, { name: 'temporary' });
    await client.call('PUT', `${all}/${id}`, { name: 'for a while' });
    const { organization: found } = await client.read(esc.organization, 'GET', `${all}/${id}`);
    expect(found.name).toBe('for a while');
    expect(await client.read(esc.mfa, 'GET', `${all}/${id}/mfa`)).toEqual({ mfaEnabled: false });
    const enabled = { mfaEnabled: true };
    expect(await client.read(esc.mfa, 'POST', `${all}/${id}/mfa`, enabled)).toEqual(enabled);
    const { organizations } = await client.read(esc.organizations, 'GET', all);
    expect(organizations.map((one) => one.id)).toContain(id);
    await client.call('DELETE', `${all}/${id}`);
    expect((await problemOf(client.call('GET', `${all}/${id}`))).status).toBe(404);
  });

  it('lives through projects', async () => {
    const all = `/resources/v1/${organization}/projects`;
    const { id } = await client.read(esc.created, 'POST', all, { name: 'temporary' });
    await client.call('PUT', `${all}/${id}`, { name: 'for a while' });
    const { project: found } = await client.read(esc.project, 'GET', `${all}/${id}`);
    expect(found).toMatchObject({ name: 'for a while', organizationId });
    const { projects } = await client.read(esc.projects, 'GET', all);
    expect(projects.map((one) => one.id).sort()).toEqual([id, projectId].sort());
    await client.call('DELETE', `${all}/${id}`);
    expect((await problemOf(client.call('GET', `${all}/${id}`))).status).toBe(404);
  });
});

describe('esc mesdb', () => {
  it('lists and gets the registered clusters', async () => {
    const nodes = [1, 2, 3].map((index) => ({ address: `http://192.0.2.${index}:2113` }));
    const registration = { name: 'orders-db', nodes };
    const { id } = await client.read(esc.created, 'POST', `/hub/v1/${project}/clusters`, registration);
    const all = `/mesdb/v1/${project}/clusters`;
    const { clusters } = await client.read(esc.clusters, 'GET', all);
    expect(clusters.map((one) => one.id)).toEqual([id]);
    const { cluster } = await client.read(esc.cluster, 'GET', `${all}/${id}`);
    expect(cluster).toMatchObject({
      projectId,
      organizationId,
      topology: 'three-node-multi-zone',
      status: 'available',
    });
    expect(cluster.description).toContain('orders-db');
    expect((await problemOf(client.call('GET', `${all}/${UNKNOWN_ID}`))).status).toBe(404);
  });

  it('is told in full that clusters are not made here', async () => {
    const all = `/mesdb/v1/${project}/clusters`;
    for (const [method, path] of [
      ['POST', all],
      ['PUT', `${all}/${UNKNOWN_ID}/commands/stop`],
      ['DELETE', `${all}/${UNKNOWN_ID}`],
    ] as const) {
      const { status, problem } = await problemOf(client.call(method, path));
      expect([400, 404, 405, 409, 501]).toContain(status);
      expect(problem.status).toBe(status);
    }
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

describe('esc access', () => {
  it('lists and gets members', async () => {
    const all = `/access/v1/${organization}/members`;
    const { members } = await client.read(esc.members, 'GET', all);
    for (const { id } of members) await client.read(esc.member, 'GET', `${all}/${id}`);
    expect((await problemOf(client.call('GET', `${all}/${UNKNOWN_ID}`))).status).toBe(404);
  });

  it('creates, lists, resends and deletes invites', async () => {
    const all = `/access/v1/${organization}/invites`;
    const { id } = await client.read(esc.created, 'POST', all, { userEmail: 'bob@example.com' });
    const { invites } = await client.read(esc.invites, 'GET', all);
    expect(invites).toMatchObject([{ id, email: 'bob@example.com', accepted: false, organizationId }]);
    await client.call('PUT', all, { id });
    await client.call('DELETE', `${all}/${id}`);
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
