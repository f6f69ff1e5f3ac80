import type { ApiApp } from './api-app.js';
import type { ApiClient } from './api-client.js';
import { SAMPLE_EVENT, SAMPLE_SLACK } from './sample-tenant.js';

/** A project with an integration that is owed things, over an API without workers: nothing is sent. */
export interface OwingProject {
  readonly path: string;
  /** Path of the integration's routes. */
  readonly integration: string;
  readonly integrationId: string;
  /** Reports an issue; resolves with its id. */
  issue(change?: object): Promise<string>;
  /** Changes the columns of what is owed for an issue, as a worker would; resolves with the delivery's id. */
  worked(issueId: string, edit: string, ...values: readonly unknown[]): Promise<string>;
}

export async function owingProject({ database }: ApiApp, client: ApiClient): Promise<OwingProject> {
  const { path } = await client.tenant();
  const created = await client.call('POST', `/integrate/v1/${path}/integrations`, { data: SAMPLE_SLACK });
  const integrationId = String(created.json.id);
  return {
    path: `/hub/v1/${path}`,
    integration: `/hub/v1/${path}/integrations/${integrationId}`,
    integrationId,
    issue: async (change = {}) =>
      (await client.call('POST', `/hub/v1/${path}/issues/events`, { ...SAMPLE_EVENT, ...change })).json
        .issueId,
    worked: async (issueId, edit, ...values) => {
      const rows = await database.query<{ id: string }>(
        `UPDATE deliveries SET ${edit} WHERE integration_id = $1 AND subject_id = $2 RETURNING id`,
        [integrationId, issueId, ...values],
      );
      return rows[0]!.id;
    },
  };
}

/** As the sink's refusal leaves it. */
export const REFUSED = `settled_seq = accepted_seq, rejected = 1, last_end = 'rejected', due_at = NULL, owed_since = NULL`;
/** As the sink's answer leaves it. */
export const DELIVERED = `settled_seq = accepted_seq, delivered = 1, last_end = 'delivered', due_at = NULL,
  owed_since = NULL, mirror = '{"ref":{"channel":"C1","ts":"1.2"},"changedAt":"2026-01-01T00:00:00.000Z",
    "shown":{"seq":1,"status":"open","severity":"warning"}}'`;
