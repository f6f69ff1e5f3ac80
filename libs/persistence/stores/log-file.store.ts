import type { Queryable, Transaction } from '../database.js';
import { LogPollEntity } from '../entities/index.js';

/** How far a log file was read. */
export interface LogFilePosition {
  readonly file: string;
  /** Bytes of complete lines. */
  readonly offset: number;
}

/** A step in a file: from where, so that of two that read the same only one counts, to where. */
export interface LogFileStep extends LogFilePosition {
  /** Null when nothing stood there of the file. */
  readonly before: number | null;
}

export type NodeLogPoll = Pick<LogPollEntity, 'nodeId' | 'since' | 'code' | 'reason'> & {
  /** When a file was last read on; null when never. */
  readonly readAt: Date | null;
};

/** Somebody else has read on in the meantime: what was read is stored already. */
export class LogFileMoved extends Error {
  constructor(readonly file: string) {
    super(`Another poll has read on in ${file}`);
    this.name = 'LogFileMoved';
  }
}

/** Servers keep files for 31 days; positions in those that went on in a later one are forgotten after so long. */
const FORGOTTEN_AFTER = `interval '40 days'`;

/** How far the log files of nodes were read over HTTP, and how that goes. */
export class LogFileStore {
  async positions(db: Queryable, nodeId: string): Promise<LogFilePosition[]> {
    const rows = await db.query<{ file: string; offset: string }>(
      'SELECT file, "offset" FROM log_file_positions WHERE node_id = $1',
      [nodeId],
    );
    return rows.map(({ file, offset }) => ({ file, offset: Number(offset) }));
  }

  /**
   * Writes the step down, in the transaction in which the lines are stored. Throws `LogFileMoved` when the position is
   * not where the step begins: then nothing may be stored.
   */
  async advance(tx: Transaction, nodeId: string, step: LogFileStep, now: Date): Promise<void> {
    const { file, before, offset } = step;
    const rows =
      before === null
        ? await tx.query(
            `INSERT INTO log_file_positions (node_id, file, "offset", read_at) VALUES ($1, $2, $3, $4)
             ON CONFLICT (node_id, file) DO NOTHING RETURNING node_id`,
            [nodeId, file, offset, now],
          )
        : await tx.query(
            `UPDATE log_file_positions SET "offset" = $3, read_at = $4
             WHERE node_id = $1 AND file = $2 AND "offset" = $5 RETURNING node_id`,
            [nodeId, file, offset, now, before],
          );
    if (rows.length === 0) throw new LogFileMoved(file);
  }

  /** Forgets positions of nodes that are gone or polled no longer, and in files that were finished long ago. */
  async forget(db: Queryable, now: Date): Promise<void> {
    const polled = `SELECT node.id FROM cluster_nodes node JOIN clusters ON clusters.id = cluster_id
                    WHERE deleted_at IS NULL AND polls_logs`;
    await db.query(
      `DELETE FROM log_file_positions old WHERE node_id NOT IN (${polled})
       OR (read_at < $1::timestamptz - ${FORGOTTEN_AFTER}
           AND EXISTS (SELECT 1 FROM log_file_positions later
                       WHERE later.node_id = old.node_id AND later.read_at > old.read_at))`,
      [now],
    );
    await db.query(`DELETE FROM log_polls WHERE node_id NOT IN (${polled})`);
  }

  /** Writes down how polling goes, if that has changed; resolves with whether it has. `failure` null: it works. */
  async report(
    db: Queryable,
    nodeId: string,
    failure: { readonly code: string; readonly reason: string } | null,
    now: Date,
  ): Promise<boolean> {
    const rows = await db.query(
      `INSERT INTO log_polls (node_id, since, code, reason) VALUES ($1, $2, $3, $4)
       ON CONFLICT (node_id) DO UPDATE SET since = $2, code = $3, reason = $4
         WHERE log_polls.code IS DISTINCT FROM $3
       RETURNING node_id`,
      [nodeId, now, failure?.code ?? null, failure?.reason ?? null],
    );
    return rows.length > 0;
  }

  /** By the node's id; nothing of nodes that were not polled yet. */
  async polls(db: Queryable, nodeIds: readonly string[]): Promise<ReadonlyMap<string, NodeLogPoll>> {
    if (nodeIds.length === 0) return new Map();
    const rows = await db.query<NodeLogPoll>(
      `SELECT node_id AS "nodeId", since, code, reason,
              (SELECT max(read_at) FROM log_file_positions position WHERE position.node_id = log_polls.node_id) AS "readAt"
       FROM log_polls WHERE node_id = ANY($1)`,
      [nodeIds],
    );
    return new Map(rows.map((row) => [row.nodeId, row]));
  }
}
