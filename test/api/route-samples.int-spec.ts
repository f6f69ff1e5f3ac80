import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SlackStandIn } from '../../apps/sandbox/slack/index.js';
import { RouteRules, type RouteRule } from '../../libs/identity/index.js';
import { UNKNOWN_ID } from './access-world.js';
import { startApiApp, type ApiApp } from './api-app.js';
import { ApiClient, type Answer, type Method } from './api-client.js';
import { databaseContents } from './database-contents.js';
import { person, type Person } from './people.js';
import { isOffered, NO_DEEDS, SAMPLE_REQUESTS } from './sample-requests.js';
import { fillPath, SAMPLE_EVENT, SAMPLE_SLACK, sampleTenant } from './sample-tenant.js';

const TENANT_PARAMETERS = ['organizationId', 'projectId'];

let api: ApiApp;
let client: ApiClient;
let slack: SlackStandIn;
let routes: readonly RouteRule[];

beforeAll(async () => {
  slack = new SlackStandIn();
  slack.workspace.addToken(SAMPLE_SLACK.token, { userId: 'U1', botId: 'B1' });
  slack.workspace.addChannel('alerts');
  await slack.start();
  api = await startApiApp({
    environment: { SLACK_API_URL: slack.apiUrl, SPILLWAY_TRUSTED_PROXIES: '127.0.0.1' },
  });
  client = new ApiClient(api.app);
  await client.signIn();
  routes = api.app.get(RouteRules).list();
});
afterAll(async () => {
  await api.close();
  await slack.stop();
});

const keyOf = ({ method, path }: RouteRule): string => `${method} ${path}`;
const changing = (): RouteRule[] =>
  routes.filter(({ method, rule }) => method !== 'GET' && rule !== 'public');
const parametersOf = ({ path }: RouteRule): string[] =>
  [...path.matchAll(/:(\w+)/g)].map(([, name]) => name!).filter((name) => !TENANT_PARAMETERS.includes(name));

describe('every route that changes something', () => {
  it('has a sample request here, and every sample is of a route', () => {
    expect(Object.keys(SAMPLE_REQUESTS).sort()).toEqual(changing().filter(isOffered).map(keyOf).sort());
    for (const route of Object.keys(NO_DEEDS)) expect(SAMPLE_REQUESTS).toHaveProperty([route]);
  });

  it('is recorded in the audit log as the deed of its caller, unless there is a reason not to', async () => {
    const unrecorded: string[] = [];
    for (const route of changing()) {
      const sample = SAMPLE_REQUESTS[keyOf(route)];
      if (!sample) continue;
      const tenant = await sampleTenant(api, client);
      const { body, ids, headers } = await sample({ api, client, tenant });
      const url = fillPath(route.path, { ...tenant.ids, ...ids });
      const answer = await client.call(route.method as Method, url, body, { ...headers });
      expect([keyOf(route), answer.status, answer.text]).toEqual([
        keyOf(route),
        expect.toSatisfy((status: number) => status < 300),
        answer.text,
      ]);
      const deeds = await api.database.query<{ who: string; urn: string; token: string | null }>(
        'SELECT who, urn, token_id AS token FROM audit_log WHERE request_id = $1',
        [answer.headers['x-request-id']],
      );
      const isRecorded = deeds.length > 0 && deeds.every(({ token }) => token !== null);
      if (isRecorded === keyOf(route) in NO_DEEDS)
        unrecorded.push(`${keyOf(route)}: ${deeds.length} deeds, ${JSON.stringify(deeds)}`);
    }
    expect(unrecorded).toEqual([]);
  });

  it('says so when there is no such thing here, and records nothing', async () => {
    const tenant = await sampleTenant(api, client);
    const before = await databaseContents(api.database);
    const routesOfNothing = changing().filter((route) => !isOffered(route));
    expect(routesOfNothing.length).toBeGreaterThan(20);
    for (const route of routesOfNothing) {
      const answer = await client.call(route.method as Method, fillPath(route.path, tenant.ids), {});
      expect([keyOf(route), answer.status, answer.json.detail]).toEqual([
        keyOf(route),
        404,
        expect.stringMatching(/^Spillway .*\.$/),
      ]);
    }
    expect(await databaseContents(api.database)).toEqual(before);
  });

  it('records nothing when it is refused', async () => {
    const wrong: string[] = [];
    for (const route of changing()) {
      const tenant = await sampleTenant(api, client);
      const unknown = Object.fromEntries(parametersOf(route).map((name) => [name, UNKNOWN_ID]));
      const url = fillPath(route.path, { ...tenant.ids, ...unknown });
      const answer = await client.call(route.method as Method, url, []);
      const deeds = await api.database.query('SELECT 1 FROM audit_log WHERE request_id = $1', [
        answer.headers['x-request-id'],
      ]);
      if (answer.status >= 400 && deeds.length > 0) wrong.push(keyOf(route));
    }
    expect(wrong).toEqual([]);
  });
});

describe("another tenant's resources", () => {
  const bodyOf = (answer: Answer, id: string): string => answer.text.replaceAll(id, '<id>');

  it('are not to be told from unknown ones under the own path, and stay as they are', async () => {
    const own = await sampleTenant(api, client);
    const foreign = await sampleTenant(api, client);
    const owner: Person = await person(api, { organizationId: own.ids['organizationId']!, role: 'owner' });
    const mine = { headers: { ...owner.headers } };
    const wrong: string[] = [];
    let tried = 0;
    const samples = new Map<RouteRule, unknown>();
    for (const route of routes) {
      const sample = SAMPLE_REQUESTS[keyOf(route)];
      if (parametersOf(route).length > 0 && sample)
        samples.set(route, (await sample({ api, client, tenant: own })).body);
    }
    const before = await databaseContents(api.database);
    for (const route of routes.filter(({ rule }) => rule !== 'public' && !rule.startsWith('hub.'))) {
      for (const parameter of parametersOf(route)) {
        const foreignId = foreign.ids[parameter];
        if (foreignId === undefined)
          throw new Error(`There is no sample for ${parameter} of ${keyOf(route)}`);
        const callWith = (id: string) => {
          const url = fillPath(route.path, { ...own.ids, [parameter]: id });
          return client.call(route.method as Method, url, samples.get(route), mine.headers);
        };
        const [unknown, answer] = [await callWith(UNKNOWN_ID), await callWith(foreignId)];
        tried += 1;
        const isSame = bodyOf(answer, foreignId) === bodyOf(unknown, UNKNOWN_ID);
        if (answer.status !== 404 || !isSame)
          wrong.push(`${keyOf(route)} ${parameter}: ${answer.text} / ${unknown.text}`);
      }
    }
    expect(wrong).toEqual([]);
    expect(tried).toBeGreaterThan(15);
    expect(await databaseContents(api.database)).toEqual(before);
  });

  it('are not to be named in a body either', async () => {
    const [own, foreign] = [await sampleTenant(api, client), await sampleTenant(api, client)];
    const before = await databaseContents(api.database);
    const clusterId = foreign.ids['clusterId'];
    const invites = `/access/v1/organizations/${own.ids['organizationId']}/invites`;
    const data = {
      sink: 'awsCloudWatchLogs',
      source: 'logs',
      groupName: 'g',
      region: 'eu-west-1',
      accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
      secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
      clusterIds: [clusterId],
    };
    const refused = [
      await client.call('PUT', invites, { id: foreign.ids['inviteId'] }),
      await client.call('POST', `/hub/v1/${own.path}/issues/events`, { ...SAMPLE_EVENT, clusterId }),
      await client.call('POST', `/hub/v1/${own.path}/notifications`, { message: 'm', clusterId }),
      await client.call('POST', `/integrate/v1/${own.path}/integrations`, { data }),
    ];
    expect(refused.map(({ status }) => status)).toEqual([404, 400, 400, 400]);
    expect(await databaseContents(api.database)).toEqual(before);
  });
});
