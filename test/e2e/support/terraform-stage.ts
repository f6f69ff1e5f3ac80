import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HubClient, HubProcess } from '../../../apps/sandbox/hub/index.js';
import { TerraformClient } from './terraform-client.js';
import { TerraformIntegrations } from './terraform-integrations.js';
import { TerraformProjects } from './terraform-projects.js';

const TOKEN = 'e2e-bootstrap-token';

/** A built hub, and the provider that is configured for one of its organizations. */
export interface TerraformStage {
  readonly operator: HubClient;
  readonly organizationId: string;
  readonly projectId: string;
  readonly integrations: TerraformIntegrations;
  readonly projects: TerraformProjects;
  stop(): Promise<void>;
}

export async function startTerraformStage(): Promise<TerraformStage> {
  const directory = await mkdtemp(join(tmpdir(), 'spillway-terraform-'));
  const hub = await HubProcess.start({ SPILLWAY_DATA_DIR: directory, SPILLWAY_BOOTSTRAP_TOKEN: TOKEN });
  const operator = new HubClient(hub.url);
  await operator.logIn(TOKEN);
  const { organizationId } = await operator.createProject();
  const terraform = new TerraformClient({
    url: hub.url,
    identityUrl: `${hub.url}/some/path/of/the/vendor`,
    token: TOKEN,
    clientId: 'OraYp3cFES9O8aWuQtnqi1A7m534iTwt',
  });
  const projects = new TerraformProjects(terraform, organizationId);
  return {
    operator,
    organizationId,
    projectId: await projects.create('contract'),
    integrations: new TerraformIntegrations(terraform, organizationId),
    projects,
    stop: async () => {
      await hub.end();
      await rm(directory, { recursive: true, force: true });
    },
  };
}
