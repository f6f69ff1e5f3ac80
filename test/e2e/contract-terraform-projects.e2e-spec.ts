import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ProviderError } from './support/terraform-client.js';
import { startTerraformStage, type TerraformStage } from './support/terraform-stage.js';

let stage: TerraformStage;
beforeAll(async () => {
  stage = await startTerraformStage();
});
afterAll(() => stage?.stop());

describe('eventstorecloud_project', () => {
  it('is created, read, renamed, found by its name and deleted', async () => {
    const { projects, organizationId } = stage;
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
