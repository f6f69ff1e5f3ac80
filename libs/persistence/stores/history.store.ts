import type { Queryable } from '../database.js';

const OWED = (type: string, subject: string): string => `EXISTS (
  SELECT 1 FROM deliveries WHERE subject_type = '${type}' AND subject_id = ${subject}.id AND settled_seq < accepted_seq)`;

/** What is over and may be forgotten. A fact and what was owed for it go together, so that ledgers stay balanced. */
export class HistoryStore {
  /** Forgets issues that were closed before then and of which nothing is owed. Resolves with how many there were. */
  async forgetIssues(db: Queryable, before: Date, limit: number): Promise<number> {
    const rows = await db.query(
      `WITH old AS (
         SELECT id FROM issues WHERE status = 'closed' AND closed_at < $1 AND NOT ${OWED('issue', 'issues')}
         ORDER BY closed_at LIMIT $2
       ), deliveries_gone AS (
         DELETE FROM deliveries USING old WHERE subject_type = 'issue' AND subject_id = old.id
       ), events_gone AS (
         DELETE FROM issue_events USING old WHERE issue_id = old.id
       ) DELETE FROM issues USING old WHERE issues.id = old.id RETURNING issues.id`,
      [before, limit],
    );
    return rows.length;
  }

  /** The same for notifications accepted before then. */
  async forgetNotifications(db: Queryable, before: Date, limit: number): Promise<number> {
    const rows = await db.query(
      `WITH old AS (
         SELECT id FROM notifications WHERE accepted_at < $1 AND NOT ${OWED('notification', 'notifications')}
         ORDER BY accepted_at LIMIT $2
       ), deliveries_gone AS (
         DELETE FROM deliveries USING old WHERE subject_type = 'notification' AND subject_id = old.id
       ) DELETE FROM notifications USING old WHERE notifications.id = old.id RETURNING notifications.id`,
      [before, limit],
    );
    return rows.length;
  }

  /** Forgets summaries of storms that nothing was told of since then, and whose issues are all forgotten. */
  async forgetStorms(db: Queryable, before: Date, limit: number): Promise<number> {
    const rows = await db.query(
      `DELETE FROM deliveries WHERE id IN (
         SELECT id FROM deliveries storm
         WHERE subject_type = 'storm' AND updated_at < $1 AND settled_seq >= accepted_seq
           AND NOT EXISTS (SELECT 1 FROM deliveries member WHERE member.storm_id = storm.id)
         LIMIT $2) RETURNING id`,
      [before, limit],
    );
    return rows.length;
  }

  /** Forgets attempts begun before then. Resolves with how many there were. */
  async forgetAttempts(db: Queryable, before: Date, limit: number): Promise<number> {
    const rows = await db.query(
      `DELETE FROM attempts WHERE id IN (SELECT id FROM attempts WHERE started_at < $1 LIMIT $2) RETURNING id`,
      [before, limit],
    );
    return rows.length;
  }
}
