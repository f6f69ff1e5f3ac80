import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AwsIntegrationResource, type AwsConfig, type AwsKind } from './support/terraform-aws.js';
import { startTerraformStage, type TerraformStage } from './support/terraform-stage.js';

let stage: TerraformStage;
beforeAll(async () => {
  stage = await startTerraformStage();
});
afterAll(() => stage?.stop());

describe.each<[AwsKind, string]>([
  ['awsCloudWatchLogs', '/spillway/contract'],
  ['awsCloudWatchMetrics', 'spillway/contract'],
])('eventstorecloud_integration_%s', (kind, name) => {
  const keys = {
    accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
    secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
  };

  const clusterIds = async (): Promise<string[]> => {
    const path = `/hub/v1/organizations/${stage.organizationId}/projects/${stage.projectId}/clusters`;
    const ids: string[] = [];
    for (const index of [1, 2, 3]) {
      const content = { name: `db-${kind}-${index}`, nodes: [{ address: `http://192.0.2.${index}:2113` }] };
      ids.push((await stage.operator.call<{ id: string }>('POST', path, content)).id);
    }
    return ids;
  };

  it('goes through its whole life with the clusters in their order, and its keys sent only when they change', async () => {
    const { integrations, projectId } = stage;
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
