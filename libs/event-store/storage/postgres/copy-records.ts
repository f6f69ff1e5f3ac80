import { finished } from 'node:stream/promises';
import type pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { RECORD_KINDS, type EventRecord } from '../../record/index.js';
import type { StorageMark } from '../storage-backend.js';
import { COPY_COLUMNS, copyText } from './copy-text.js';
import { tellHosts, type HostNews } from './known-hosts.js';
import { writeMark } from './marks.js';
import { isConnectionLost } from './storage-failure.js';
import { TABLES } from './tables.js';
import { inTransaction, withClient } from './transaction.js';

/** Records of one kind, numbered in their order. */
export interface Batch {
  readonly records: readonly EventRecord[];
  readonly firstId: number;
}

/** One batch for each kind there is among the records. */
export function batchesOf(records: readonly EventRecord[], firstId: number): Batch[] {
  let nextId = firstId;
  return RECORD_KINDS.flatMap((kind) => {
    const ofKind = records.filter((record) => record.kind === kind);
    if (ofKind.length === 0) return [];
    const batch = { records: ofKind, firstId: nextId };
    nextId += ofKind.length;
    return [batch];
  });
}

/** What is stored together, or not at all. */
export interface Deposit {
  readonly batches: readonly Batch[];
  readonly news: HostNews;
  readonly mark: StorageMark | undefined;
}

/**
 * Stores all of it or none, in one transaction. When the connection breaks on the way, looks whether the server had got as
 * far as to commit it: who tries again would store it twice.
 */
export async function copyRecords(pool: pg.Pool, { batches, news, mark }: Deposit): Promise<void> {
  const [first] = batches;
  try {
    // A single statement is a transaction by itself.
    if (first && batches.length === 1 && news.size === 0 && !mark)
      return await withClient(pool, (client) => copyBatch(client, first));
    await inTransaction(pool, async (client) => {
      for (const batch of batches) await copyBatch(client, batch);
      if (news.size > 0) await tellHosts(client, news);
      if (mark) await writeMark(client, mark);
    });
  } catch (error) {
    if (!first || !isConnectionLost(error) || !(await isStored(pool, first))) throw error;
  }
}

async function copyBatch(client: pg.ClientBase, { records, firstId }: Batch): Promise<void> {
  const copying = client.query(copyFrom(`COPY ${TABLES[records[0]!.kind]} (${COPY_COLUMNS}) FROM STDIN`));
  copying.end(Buffer.from(copyText(records, firstId)));
  await finished(copying);
}

async function isStored(pool: pg.Pool, { records, firstId }: Batch): Promise<boolean> {
  const { kind, cluster, timeMs } = records[0]!;
  try {
    const { rows } = await pool.query(
      `SELECT 1 FROM ${TABLES[kind]} WHERE cluster = $1 AND time_ms = $2 AND id = $3`,
      [cluster, timeMs, firstId],
    );
    return rows.length > 0;
  } catch {
    // Still away: nobody knows, and whoever tries again may store it twice.
    return false;
  }
}
