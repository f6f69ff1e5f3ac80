import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HubClient, HubProcess } from '../../apps/sandbox/hub/index.js';
import { AwsIntegrationResource, type AwsConfig, type AwsKind } from './support/terraform-aws.js';
import { ProviderError, TerraformClient } from './support/terraform-client.js';
import {
  GenericIntegrationResource,
  TerraformIntegrations,
  type IntegrationConfig,
  type StringMap,
} from './support/terraform-integrations.js';
import { TerraformProjects } from './support/terraform-projects.js';

const TOKEN = 'e2e-bootstrap-token';

let directory: string;
let hub: HubProcess;
let operator: HubClient;
let organizationId: string;
let terraform: TerraformClient;
let integrations: TerraformIntegrations;
let projects: TerraformProjects;
let projectId: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'spillway-terraform-'));
  hub = await HubProcess.start({ SPILLWAY_DATA_DIR: directory, SPILLWAY_BOOTSTRAP_TOKEN: TOKEN });
  operator = new HubClient(hub.url);
  await operator.logIn(TOKEN);
  ({ organizationId } = await operator.createProject());
  terraform = new TerraformClient({
    url: hub.url,
    identityUrl: `${hub.url}/some/path/of/the/vendor`,
    token: TOKEN,
    clientId: 'OraYp3cFES9O8aWuQtnqi1A7m534iTwt',
  });
  integrations = new TerraformIntegrations(terraform, organizationId);
  projects = new TerraformProjects(terraform, organizationId);
  projectId = await projects.create('contract');
});
afterAll(async () => {
  await hub?.end();
  await rm(directory, { recursive: true, force: true });
});

describe('eventstorecloud_integration', () => {
  const configs: Readonly<Record<string, { data: StringMap; secret: string; changed: StringMap }>> = {
    slack: {
      data: {
        sink: 'slack',
        source: 'issues',
        channel_id: '#Alerts_of-Production',
        token: 'xoxb-1234-terraform',
      },
      secret: 'token',
      changed: { channel_id: 'C0123456789' },
    },
    opsGenie: {
      data: { sink: 'opsGenie', source: 'issues', api_key: '7a1c0b42-0f4d-4f5e-9f3a-5d5a5d5a5d5a' },
      secret: 'api_key',
      changed: { api_key: '00000000-0f4d-4f5e-9f3a-5d5a5d5a5d5a' },
    },
  };

  it.each(Object.entries(configs))(
    '%s goes through its whole life: create, plan, update, import, delete, refresh',
    async (_sink, { data, secret, changed }) => {
      const resource = new GenericIntegrationResource(integrations);
      const config: IntegrationConfig = { projectId, description: 'alerts', data };
      const state = await resource.create(config);
      const { [secret]: _secret, ...readable } = data;
      expect(state.data).toEqual(readable);
      expect(resource.plan(config, state)).toEqual([`+ data.${secret}`]);
      expect(resource.plan(config, state, [secret])).toEqual([]);

      const next = { ...config, description: 'more alerts', data: { ...data, ...changed } };
      const updated = (await resource.update(state.id, next))!;
      expect(resource.plan(next, updated, [secret])).toEqual([]);
      // An apply without any change sends everything again.
      expect(await resource.update(state.id, next)).toEqual(updated);
      // A description that became empty is not sent.
      expect((await resource.update(state.id, { ...next, description: '' }))!.description).toBe(
        'more alerts',
      );

      expect(await resource.import(`${projectId}:${state.id}`)).toEqual(updated);
      expect(await resource.delete(updated)).toBe(1);
      expect(await resource.refresh(updated)).toBeUndefined();
      expect(await resource.import(`${projectId}:${state.id}`)).toBeUndefined();
      // Once more, as a second destroy of a state that was kept.
      expect(await resource.delete(updated)).toBe(1);
    },
  );

  it('without a source keeps the one it has, and shows that it is not configured', async () => {
    const resource = new GenericIntegrationResource(integrations);
    const data = { sink: 'slack', channel_id: '#alerts', token: 'xoxb-1' };
    const config: IntegrationConfig = { projectId, description: 'alerts', data };
    const state = await resource.create({ ...config, data: { ...data, source: 'notifications' } });
    const updated = (await resource.update(state.id, config))!;
    expect(updated.data['source']).toBe('notifications');
    expect(resource.plan(config, updated, ['token'])).toEqual(['- data.source']);
    await resource.delete(updated);
  });

  it('shows what is wrong, with a line for each field', async () => {
    const resource = new GenericIntegrationResource(integrations);
    const create = (data: StringMap) => resource.create({ projectId, description: '', data });
    await expect(create({ sink: 'slack' })).rejects.toThrow(
      /400 Bad Request: .*\n\tdata\.channelId - .*\n\tdata\.token - /s,
    );
    await expect(create({ sink: 'telex' })).rejects.toThrow(/400 Bad Request.*\n\tdata\.sink - /s);
    const state = await create({ sink: 'slack', channel_id: '#a', token: 'xoxb-1' });
    const other = { projectId, description: '', data: { sink: 'opsGenie', api_key: 'k' } };
    await expect(resource.update(state.id, other)).rejects.toThrow(/400 Bad Request.*\n\tdata\.sink - /s);
    await expect(resource.refresh({ projectId, id: '0'.repeat(20) })).rejects.toThrow(/404 Not Found/);
    await resource.delete(state);
  });
});

describe.each<[AwsKind, string]>([
  ['awsCloudWatchLogs', '/spillway/contract'],
  ['awsCloudWatchMetrics', 'spillway/contract'],
])('eventstorecloud_integration_%s', (kind, name) => {
  const keys = {
    accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
    secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
  };

  const clusterIds = async (): Promise<string[]> => {
    const path = `/hub/v1/organizations/${organizationId}/projects/${projectId}/clusters`;
    const ids: string[] = [];
    for (const index of [1, 2, 3]) {
      const content = { name: `db-${kind}-${index}`, nodes: [{ address: `http://192.0.2.${index}:2113` }] };
      ids.push((await operator.call<{ id: string }>('POST', path, content)).id);
    }
    return ids;
  };

  it('goes through its whole life with the clusters in their order, and its keys sent only when they change', async () => {
    const resource = new AwsIntegrationResource(integrations, kind);
    const [first, second, third] = (await clusterIds()) as [string, string, string];
    const config: AwsConfig = {
      projectId,
      description: 'aws',
      region: 'eu-west-1',
      name,
      keys,
      clusterIds: [third, first, second],
    };
    const state = await resource.create(config);
    expect(resource.plan(config, state)).toEqual([]);

    const next = { ...config, clusterIds: [second, third], region: 'us-east-1' };
    const updated = (await resource.update(state.id, next, { areKeysChanged: false }))!;
    expect(resource.plan(next, updated)).toEqual([]);
    expect(resource.plan(config, updated)).toEqual(
      ['region', 'clusterIds'].sort(
        (a, b) => Object.keys(config).indexOf(a) - Object.keys(config).indexOf(b),
      ),
    );

    const rotated = { ...next, keys: { ...keys, accessKeyId: 'AKIAI44QH8DHBEXAMPLE' } };
    expect(
      resource.plan(rotated, (await resource.update(state.id, rotated, { areKeysChanged: true }))!),
    ).toEqual([]);

    const everywhere = { ...next, clusterIds: [] };
    expect((await resource.update(state.id, everywhere, { areKeysChanged: false }))!.clusterIds).toEqual([]);
    expect(await resource.delete(updated)).toBe(1);
    expect(await resource.refresh(projectId, state.id)).toBeUndefined();
  });
});

describe('eventstorecloud_project', () => {
  it('is created, read, renamed, found by its name and deleted', async () => {
    const id = await projects.create('Orders of Terraform');
    expect(await projects.get(id)).toMatchObject({ id, name: 'Orders of Terraform', organizationId });
    await projects.update(id, 'Orders');
    expect(await projects.lookUp('Orders')).toMatchObject({ id });
    await expect(projects.lookUp('oRDERS')).rejects.toThrow(ProviderError);
    await projects.delete(id);
    await expect(projects.get(id)).rejects.toThrow(/404 Not Found/);
    await expect(projects.lookUp('Orders')).rejects.toThrow(ProviderError);
  });
});

describe('the tight loop after a deletion', () => {
  const ROUNDS = 300;
  const AT_ONCE = 8;

  it('may ask hundreds of times a second, with a new token and a new connection each time', async () => {
    const resource = new GenericIntegrationResource(integrations);
    const data = { sink: 'slack', source: 'issues', channel_id: '#a', token: 'xoxb-1' };
    const state = await resource.create({ projectId, description: '', data });
    const before = { ...terraform.made };
    const begunAt = performance.now();
    let asked = 0;
    const ask = async (): Promise<void> => {
      while (asked < ROUNDS) {
        asked += 1;
        expect((await integrations.get(projectId, state.id)).status).toBe('active');
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, ask));
    expect(terraform.made.tokens - before.tokens).toBeGreaterThanOrEqual(ROUNDS);
    // None was put off: at 60 a minute this would have taken five minutes.
    expect(performance.now() - begunAt).toBeLessThan(30_000);
    await resource.delete(state);
  });
});

it('one token request came before every call', () => {
  expect(terraform.made.tokens).toBe(terraform.made.calls);
});
