import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { SlackStandIn } from '../../apps/sandbox/slack/index.js';
import { startApiApp, type ApiApp } from './api-app.js';
import { ApiClient, type Answer, type Method } from './api-client.js';
import { requestsTo, type FuzzedRequest, type OpenApiPaths } from './fuzzed-requests.js';

const SEED = 20_261_120;
const RUNS_PER_OPERATION = 40;
const MAX_ANSWER_MS = 5_000;
const SECRET = 'xoxb-planted-token-of-the-fuzzer';

let api: ApiApp;
let client: ApiClient;
let slack: SlackStandIn;
let paths: OpenApiPaths;
/** Ids that exist, by the name of the path parameter. */
let ids: Readonly<Record<string, string>>;

beforeAll(async () => {
  slack = new SlackStandIn();
  await slack.start();
  api = await startApiApp({ environment: { SLACK_API_URL: slack.apiUrl } });
  client = new ApiClient(api.app);
  await client.signIn();
  const { organizationId, projectId, path } = await client.tenant();
  const idOf = async (url: string, body: object): Promise<string> =>
    (await client.call('POST', url, body)).json.id;
  const data = { sink: 'slack', channelId: '#alerts', token: SECRET };
  const integrationId = await idOf(`/integrate/v1/${path}/integrations`, { data });
  const nodes = [{ address: 'http://n1.example.com:2113' }];
  const clusterId = await idOf(`/hub/v1/${path}/clusters`, { name: 'orders-db', nodes });
  const event = { key: 'k', event: 'open', kind: 'disk-usage', severity: 'warning', message: 'full' };
  const { issueId } = (await client.call('POST', `/hub/v1/${path}/issues/events`, event)).json;
  ids = { organizationId, projectId, integrationId, clusterId, issueId };
  paths = (await client.call('GET', '/docs/openapi.json')).json.paths;
});
afterAll(async () => {
  await api.close();
  await slack.stop();
});

/** What every answer must be, whatever was sent. */
function expectSoundAnswer(request: FuzzedRequest, { status, headers, json, text }: Answer): void {
  expect(status, text).toBeGreaterThanOrEqual(200);
  // The connection test passes on that the sink is in trouble.
  if (status !== 502) expect(status, text).toBeLessThan(500);
  expect(text).not.toContain(SECRET);
  if (status < 400) return;
  expect(headers['content-type']).toMatch(/^application\/problem\+json/);
  expect(json).toMatchObject({ type: expect.any(String), title: expect.any(String), status });
  expect(json.instance).toBe(request.url.split('?')[0]);
  for (const reason of Object.values(json.fields ?? {})) expect(reason).toBeTypeOf('string');
}

it('answers random and hostile requests to every operation soundly', async () => {
  const operations = Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => ({ path, method, operation })),
  );
  for (const { path, method, operation } of operations) {
    await fc.assert(
      fc.asyncProperty(requestsTo(path, method, operation, ids), async (request) => {
        const begunAt = performance.now();
        const { url, body, headers } = request;
        expectSoundAnswer(request, await client.call(method.toUpperCase() as Method, url, body, headers));
        expect(performance.now() - begunAt).toBeLessThan(MAX_ANSWER_MS);
      }),
      { seed: SEED, numRuns: RUNS_PER_OPERATION, endOnFailure: true },
    );
  }
  expect(operations.length).toBeGreaterThan(30);
  // The fuzzer knows of a route what the document says: those with the richest input must be in it.
  const routes = operations.map(({ path, method }) => `${method} ${path.replace(/^.*(?=\/clusters)/, '')}`);
  for (const route of ['patch /clusters/{clusterId}', 'get /clusters/{clusterId}/observations'])
    expect(routes).toContain(route);
  expect(routes).toContain('post /clusters/{clusterId}/provisioning');
});
