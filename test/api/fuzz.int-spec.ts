import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { SlackStandIn } from '../../apps/sandbox/slack/index.js';
import type { MemberRole } from '../../libs/persistence/index.js';
import { startApiApp, type ApiApp } from './api-app.js';
import { ApiClient, type Answer, type Method } from './api-client.js';
import { person } from './people.js';
import { SAMPLE_SLACK, sampleTenant } from './sample-tenant.js';
import { requestsTo, type FuzzedRequest, type OpenApiPaths } from './fuzzed-requests.js';

const SEED = 20_261_120;
const RUNS_OF_OPERATOR = 40;
const RUNS_OF_OTHERS = 10;
const MAX_ANSWER_MS = 5_000;
/** Nobody listens there. */
const NOBODY = 'http://127.0.0.1:9';
const VENDORS = {
  OPSGENIE_API_URL: NOBODY,
  AWS_ENDPOINT_URL_CLOUDWATCH_LOGS: NOBODY,
  AWS_ENDPOINT_URL_CLOUDWATCH: NOBODY,
};
const SECRET = 'xoxb-planted-token-of-the-fuzzer';

let api: ApiApp;
let client: ApiClient;
let slack: SlackStandIn;
let paths: OpenApiPaths;
/** Ids that exist, by the name of the path parameter. */
let ids: Readonly<Record<string, string>>;
let callers: readonly {
  readonly name: string;
  readonly headers: Record<string, string>;
  readonly runs: number;
}[];
const unhandled: unknown[] = [];
const noteUnhandled = (reason: unknown): void => void unhandled.push(reason);

beforeAll(async () => {
  process.on('unhandledRejection', noteUnhandled);
  slack = new SlackStandIn();
  await slack.start();
  api = await startApiApp({ environment: { SLACK_API_URL: slack.apiUrl, ...VENDORS } });
  client = new ApiClient(api.app);
  await client.signIn();
  const tenant = await sampleTenant(api, client);
  ids = tenant.ids;
  const data = { ...SAMPLE_SLACK, token: SECRET };
  await client.call('PUT', `/integrate/v1/${tenant.path}/integrations/${ids['integrationId']}`, { data });
  paths = (await client.call('GET', '/docs/openapi.json')).json.paths;
  const headersOf = async (role: MemberRole) => {
    const { headers } = await person(api, { organizationId: ids['organizationId']!, role });
    return { ...headers };
  };
  const ingest = await client.call('POST', `/hub/v1/${tenant.path}/ingest-tokens`, { label: 'fuzzer' });
  // Those who may change least come first: an operator may well shut them out.
  callers = [
    { name: 'a program', headers: { authorization: `Bearer ${tokenOf(ingest)}` }, runs: RUNS_OF_OTHERS },
    { name: 'a member', headers: await headersOf('member'), runs: RUNS_OF_OTHERS },
    { name: 'an admin', headers: await headersOf('admin'), runs: RUNS_OF_OTHERS },
    { name: 'an owner', headers: await headersOf('owner'), runs: RUNS_OF_OTHERS },
    { name: 'an operator', headers: {}, runs: RUNS_OF_OPERATOR },
  ];
});
afterAll(async () => {
  process.off('unhandledRejection', noteUnhandled);
  await api.close();
  await slack.stop();
});

const tokenOf = ({ text }: Answer): string => /spi_[\w-]+/.exec(text)![0];

const isConnectionTest = ({ url }: FuzzedRequest): boolean =>
  url.split('?')[0]!.endsWith('/test') || url.includes('verify=true');

/** What every answer must be, whatever was sent. */
function expectSoundAnswer(request: FuzzedRequest, { status, headers, json, text }: Answer): void {
  expect(status, text).toBeGreaterThanOrEqual(200);
  // The connection test passes on that the sink is in trouble. Nothing else does.
  if (status !== 502 || !isConnectionTest(request)) expect(status, text).toBeLessThan(500);
  expect(text).not.toContain(SECRET);
  expect(Object.keys(headers)).not.toContain('x-injected');
  if (status < 400) return;
  expect(headers['content-type']).toMatch(/^application\/problem\+json/);
  expect(json).toMatchObject({ type: expect.any(String), title: expect.any(String), status });
  expect(json.instance).toBe(request.url.split('?')[0]);
  for (const reason of Object.values(json.fields ?? {})) expect(reason).toBeTypeOf('string');
}

const operations = () =>
  Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => ({ path, method, operation })),
  );

it(
  'answers random and hostile requests to every operation soundly, whoever sends them',
  { timeout: 240_000 },
  async () => {
    const passed = new Set<string>();
    for (const caller of callers) {
      for (const { path, method, operation } of operations()) {
        await fc.assert(
          fc.asyncProperty(requestsTo(path, method, operation, ids), async (request) => {
            const begunAt = performance.now();
            const headers = { ...caller.headers, ...request.headers };
            const answer = await client.call(
              method.toUpperCase() as Method,
              request.url,
              request.body,
              headers,
            );
            expectSoundAnswer(request, answer);
            if (![400, 401, 403, 404, 415].includes(answer.status)) passed.add(`${method} ${path}`);
            expect(performance.now() - begunAt).toBeLessThan(MAX_ANSWER_MS);
          }),
          { seed: SEED, numRuns: caller.runs, endOnFailure: true },
        );
      }
    }
    expect(operations().length).toBeGreaterThan(60);
    // A fuzzer that never gets past the first check tests that check only.
    expect(passed.size / operations().length).toBeGreaterThan(0.6);
    expect([...passed].some((route) => route.endsWith('/logs/tail'))).toBe(true);
  },
);

it('knows the operations with the richest input from the document', () => {
  const routes = operations().map(({ path, method }) => `${method} ${path.replace(/^.*(?=\/clusters)/, '')}`);
  for (const route of ['patch /clusters/{clusterId}', 'get /clusters/{clusterId}/observations'])
    expect(routes).toContain(route);
  expect(routes).toContain('post /clusters/{clusterId}/provisioning');
});

it('works as before, with nothing left unhandled', async () => {
  expect(unhandled).toEqual([]);
  const fresh = new ApiClient(api.app);
  await fresh.signIn();
  const { path } = await fresh.tenant();
  expect((await fresh.call('GET', `/integrate/v1/${path}/integrations`)).json).toEqual({ integrations: [] });
  expect((await fresh.call('GET', '/health/ready')).status).toBe(200);
});
