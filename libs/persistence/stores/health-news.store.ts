import type { Queryable } from '../database.js';

/** Which notifications told the project about an integration. */
export class HealthNewsStore {
  /** Whether one of this title was accepted since then. */
  async wasTold(
    db: Queryable,
    projectId: string,
    integrationId: string,
    title: string,
    since: Date,
  ): Promise<boolean> {
    const rows = await db.query(
      `SELECT 1 FROM notifications
       WHERE project_id = $1 AND except_for = $2 AND title = $3 AND accepted_at >= $4 LIMIT 1`,
      [projectId, integrationId, title, since],
    );
    return rows.length > 0;
  }

  /** Whether its failure was told, and no recovery since. */
  async awaitsRecovery(
    db: Queryable,
    projectId: string,
    integrationId: string,
    titles: { readonly failing: string; readonly recovered: string },
  ): Promise<boolean> {
    const [row] = await db.query<{ awaits: boolean | null }>(
      `SELECT max(accepted_at) FILTER (WHERE title = $3) >
                COALESCE(max(accepted_at) FILTER (WHERE title = $4), '-infinity') AS awaits
       FROM notifications WHERE project_id = $1 AND except_for = $2`,
      [projectId, integrationId, titles.failing, titles.recovered],
    );
    return row?.awaits ?? false;
  }

  /** Integrations that turned failing since `since`, of which nothing was told then nor since `quietSince`. */
  async untold(db: Queryable, title: string, since: Date, quietSince: Date): Promise<string[]> {
    const rows = await db.query<{ id: string }>(
      `SELECT id FROM integrations
       WHERE health = 'failing' AND status = 'active' AND paused_at IS NULL AND health_since >= $2
         AND NOT EXISTS (SELECT 1 FROM notifications told
                         WHERE told.project_id = integrations.project_id AND told.except_for = integrations.id
                           AND told.title = $1 AND told.accepted_at >= LEAST(integrations.health_since, $3::timestamptz))`,
      [title, since, quietSince],
    );
    return rows.map(({ id }) => id);
  }
}
