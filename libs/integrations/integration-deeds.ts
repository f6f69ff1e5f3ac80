import type { Deed, Tenant } from '../identity/index.js';
import type { IntegrationEntity } from '../persistence/index.js';

type Named = Pick<IntegrationEntity, 'id' | 'organizationId' | 'projectId' | 'description'>;

/** What was done to an integration: `integration.<done>`; `said` goes on after its name. */
export const deedOn = (
  { id, organizationId, projectId, description }: Named,
  done: 'created' | 'changed' | 'deleted' | 'tested',
  said: string,
  changed: readonly string[] = [],
): Deed => ({
  service: 'integrate',
  action: `integration.${done}`,
  organizationId,
  projectId,
  resource: { integrations: id },
  message: `Integration "${description}" ${said}`,
  changed,
});

/** That an integration was tried which is not saved. */
export const deedOnUnsaved = ({ organizationId, projectId }: Tenant, label: string, said: string): Deed => ({
  service: 'hub',
  action: 'integration.tested',
  organizationId,
  projectId,
  resource: { integrations: 'unsaved' },
  message: `An unsaved integration with ${label} ${said}`,
});
