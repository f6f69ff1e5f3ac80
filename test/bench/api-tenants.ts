import pg from 'pg';
import { postgresUrlOf, type BenchHub } from './hub.js';

export const PROJECTS = 1_000;
export const INTEGRATIONS_PER_PROJECT = 10;

/** Ids of the integration with this number and of its project. */
export interface IntegrationPlace {
  readonly projectId: string;
  readonly integrationId: string;
}

const idOf = (kind: 'p' | 'i', number: number): string =>
  `${kind === 'p' ? 'a' : 'b'}${String(number).padStart(19, '0')}`;

export const placeOf = (number: number): IntegrationPlace => ({
  projectId: idOf('p', Math.floor(number / INTEGRATIONS_PER_PROJECT)),
  integrationId: idOf('i', number),
});

/** Copies a project's one integration into 10,000 of 1,000 projects of the same organization. */
export async function fillWithIntegrations(hub: BenchHub): Promise<void> {
  const { organizationId } = hub.project;
  const client = new pg.Client({ connectionString: await postgresUrlOf(hub) });
  await client.connect();
  try {
    await client.query(
      `INSERT INTO projects (id, organization_id, name, created_at)
       SELECT 'a' || lpad(n::text, 19, '0'), $1, 'project ' || n, now() FROM generate_series(0, $2::int - 1) n`,
      [organizationId, PROJECTS],
    );
    const { rows } = await client.query<{ name: string }>(
      `SELECT quote_ident(column_name) AS name FROM information_schema.columns
       WHERE table_name = 'integrations' AND column_name NOT IN ('id', 'project_id')`,
    );
    const columns = rows.map(({ name }) => name).join(', ');
    await client.query(
      `INSERT INTO integrations (id, project_id, ${columns})
       SELECT 'b' || lpad(n::text, 19, '0'), 'a' || lpad((n / $1::int)::text, 19, '0'), ${columns}
       FROM integrations, generate_series(0, $2::int - 1) n`,
      [INTEGRATIONS_PER_PROJECT, PROJECTS * INTEGRATIONS_PER_PROJECT],
    );
    await client.query('ANALYZE');
  } finally {
    await client.end();
  }
}
