import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startApiApp, type ApiApp } from './api-app.js';
import { ApiClient } from './api-client.js';

const DATA = {
  sink: 'awsCloudWatchLogs',
  groupName: '/orders/db',
  region: 'eu-west-1',
  accessKeyId: 'AKIA0000000000000001',
  secretAccessKey: 'secret',
};
const NO_CLUSTER = 'is no cluster of this project';

let api: ApiApp;
let client: ApiClient;
let path: string;
let [first, second]: string[] = [];

beforeAll(async () => {
  api = await startApiApp();
  client = new ApiClient(api.app);
  await client.signIn();
});
beforeEach(async () => {
  ({ path } = await client.tenant());
  [first, second] = [await addCluster('one'), await addCluster('two')];
});
afterAll(() => api.close());

const addCluster = async (name: string, where = path): Promise<string> => {
  const nodes = [{ address: `http://${name}.example.com:2113` }];
  return (await client.call('POST', `/hub/v1/${where}/clusters`, { name, nodes })).json.id;
};
const create = (clusterIds: unknown) =>
  client.call('POST', `/integrate/v1/${path}/integrations`, { data: { ...DATA, clusterIds } });
const update = (id: string, clusterIds: unknown) =>
  client.call('PUT', `/integrate/v1/${path}/integrations/${id}`, { data: { ...DATA, clusterIds } });
const clusterIdsOf = async (id: string) =>
  (await client.call('GET', `/integrate/v1/${path}/integrations/${id}`)).json.integration.data.clusterIds;

describe('the clusters of an integration', () => {
  it('keep their order, also when only that changes', async () => {
    const { json } = await create([second, first]);
    expect(await clusterIdsOf(json.id)).toEqual([second, first]);
    await update(json.id, [first, second]);
    expect(await clusterIdsOf(json.id)).toEqual([first, second]);
    await client.call('PUT', `/integrate/v1/${path}/integrations/${json.id}`, { data: { groupName: 'g' } });
    expect(await clusterIdsOf(json.id)).toEqual([first, second]);
    await update(json.id, []);
    expect(await clusterIdsOf(json.id)).toEqual([]);
  });

  it("must be the project's: of another tenant's nobody learns more than of one that does not exist", async () => {
    const foreign = await addCluster('foreign', (await client.tenant()).path);
    const [ofForeign, ofUnknown] = [await create([first, foreign]), await create([first, '0'.repeat(20)])];
    expect([ofForeign.status, ofForeign.json.fields]).toEqual([400, { 'data.clusterIds[1]': NO_CLUSTER }]);
    expect(ofForeign.text).toBe(ofUnknown.text);
    expect((await client.call('GET', `/integrate/v1/${path}/integrations`)).json.integrations).toEqual([]);
  });

  it('stay legal after they were removed, but cannot be added then', async () => {
    const { json } = await create([first]);
    for (const id of [first, second]) await client.call('DELETE', `/hub/v1/${path}/clusters/${id}`);
    expect((await update(json.id, [first])).status).toBe(204);
    const third = await addCluster('three');
    expect((await update(json.id, [third, first])).status).toBe(204);
    expect(await clusterIdsOf(json.id)).toEqual([third, first]);
    const answer = await update(json.id, [second, first]);
    expect([answer.status, answer.json.fields]).toEqual([400, { 'data.clusterIds[0]': NO_CLUSTER }]);
    expect(await clusterIdsOf(json.id)).toEqual([third, first]);
  });

  it.each([
    ['one twice', () => [first, second, first], 'data.clusterIds[2]'],
    ['no list', () => first, 'data.clusterIds'],
    ['null', () => null, 'data.clusterIds'],
    ['a number among them', () => [first, 7], 'data.clusterIds[1]'],
    ['a text that no id can be', () => [`${first}\u0000`], 'data.clusterIds[0]'],
  ])('cannot be %s', async (_what, clusterIds, field) => {
    const answer = await create(clusterIds());
    expect([answer.status, Object.keys(answer.json.fields)]).toEqual([400, [field]]);
  });
});

describe('what was done to an integration', () => {
  const deeds = () =>
    api.database.query<{ action: string }>(
      `SELECT action, changed, message FROM audit_log WHERE service = 'integrate' AND urn LIKE $1 ORDER BY seq`,
      [`%${path}/integrations/%`],
    );

  it('is in the audit log, with the names of what changed and nothing of the secrets', async () => {
    const { json } = await create([first]);
    const integration = `/integrate/v1/${path}/integrations/${json.id}`;
    await client.call('PUT', integration, {
      description: 'b',
      data: { region: 'eu-west-2', secretAccessKey: 'planted-secret' },
    });
    await client.call('PUT', integration, { description: 'b', data: { region: 'eu-west-2' } });
    await client.call('PUT', `/hub/v1/${path}/integrations/${json.id}/settings`, {});
    await client.call('DELETE', integration);
    const changed = ['description', 'data.region', 'data.secretAccessKey'];
    expect(await deeds()).toEqual([
      { action: 'integration.created', changed: [], message: 'Integration "" was created' },
      {
        action: 'integration.changed',
        changed,
        message: `Integration "b" was changed: ${changed.join(', ')}`,
      },
      { action: 'integration.deleted', changed: [], message: 'Integration "b" was deleted' },
    ]);
  });

  it('leaves no trace when it is refused', async () => {
    await create(['0'.repeat(20)]);
    const { json } = await create([first]);
    await update(json.id, ['0'.repeat(20)]);
    expect((await deeds()).map(({ action }) => action)).toEqual(['integration.created']);
  });
});
