import type { Clock } from '../../domain/index.js';
import type { Audit, Deed, Tenant } from '../../identity/index.js';
import type {
  Database,
  IntegrationEntity,
  IntegrationStore,
  ReplaySelection,
  ReplayStore,
} from '../../persistence/index.js';
import type { Wakeups } from '../wakeups.js';

export interface ReplayParts {
  readonly database: Database;
  readonly store: ReplayStore;
  readonly integrations: IntegrationStore;
  readonly audit: Audit;
  readonly wakeups: Wakeups;
  readonly clock: Clock;
  /** Least time between two plain updates of one message, in milliseconds. */
  readonly updateIntervalMs: number;
}

/** What a replay leaves in the audit log. */
export const replayDeed = (
  { organizationId, projectId }: Tenant,
  { id, description }: IntegrationEntity,
  selection: ReplaySelection,
): Deed => ({
  service: 'hub',
  action: 'integration.replayed',
  organizationId,
  projectId,
  resource: { integrations: id },
  message: `Integration "${description}": ${said(selection)} was replayed`,
});

function said(selection: ReplaySelection): string {
  if ('deliveryId' in selection) return `the delivery ${selection.deliveryId}`;
  if ('since' in selection) return `everything since ${selection.since.toISOString()}`;
  return `what fits the filter ${JSON.stringify(selection.filter)}`;
}
