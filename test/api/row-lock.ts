import type { Transaction } from '../../libs/persistence/index.js';
import { waitUntil } from '../../libs/testing/index.js';
import type { ApiApp } from './api-app.js';
import type { Answer } from './api-client.js';

/** What happens at the same time. */
interface Meeting {
  readonly request: () => Promise<Answer>;
  /** Made while the request waits for the row, which it may have read before. */
  readonly change: (tx: Transaction) => Promise<unknown>;
}

/** Sends a request that needs a row which somebody else is changing; resolves with its answer, given afterwards. */
export async function whileLocked(
  { database }: ApiApp,
  table: string,
  id: string,
  { request, change }: Meeting,
): Promise<Answer> {
  let answer: Promise<Answer> | undefined;
  await database.transaction(async (tx) => {
    await tx.query(`SELECT 1 FROM ${table} WHERE id = $1 FOR UPDATE`, [id]);
    answer = request();
    await waitUntil(() => isSomebodyWaiting(database), { what: 'the request to wait for the row' });
    await change(tx);
  });
  return answer!;
}

async function isSomebodyWaiting(database: ApiApp['database']): Promise<boolean> {
  const sql = `SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()`;
  return (await database.query(sql)).length > 0;
}
