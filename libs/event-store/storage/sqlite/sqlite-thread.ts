/**
 * The program of a thread that holds one connection. It knows no statement of its own: it runs what it is sent, in the
 * order in which it comes, and answers each request once.
 *
 * It runs as it is, compiled or not: only types may be imported besides Node.js, and no syntax that does not erase.
 */
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { parentPort, workerData } from 'node:worker_threads';
import type {
  RowBounds,
  SqliteColumn,
  SqliteObjection,
  SqliteReply,
  SqliteRequest,
  SqliteStep,
  SqliteThreadSettings,
  SqliteValue,
} from './sqlite-protocol.js';

const { location, readOnly, busyTimeoutMs, setUp } = workerData as SqliteThreadSettings;
const port = parentPort!;
/** Few texts come again and again. */
const statements = new Map<string, StatementSync>();
let database: DatabaseSync;

try {
  database = new DatabaseSync(location.startsWith('file:') ? new URL(location) : location, {
    readOnly,
    timeout: busyTimeoutMs,
  });
  for (const sql of setUp) database.prepare(sql).all();
  port.on('message', answer);
  reply({ id: 0 });
} catch (error) {
  reply({ id: 0, objection: objectionOf(error) });
}

function answer(request: SqliteRequest): void {
  try {
    switch (request.kind) {
      case 'read':
        return reply({ id: request.id, ...read(request.sql, request.parameters, request.bounds) });
      case 'write':
        return reply({ id: request.id, changes: write(request.steps) });
      case 'close':
        database.close();
        reply({ id: request.id });
        return port.close();
    }
  } catch (error) {
    reply({ id: request.id, objection: objectionOf(error) });
  }
}

interface FoundRows {
  readonly rows: readonly SqliteValue[][];
  readonly hasMore: boolean;
}

function read(
  sql: string,
  parameters: readonly SqliteValue[],
  bounds: RowBounds | undefined,
): { columns: SqliteColumn[]; hasMore: boolean } {
  const statement = prepared(sql);
  const { rows, hasMore }: FoundRows = bounds
    ? some(statement.iterate(...parameters) as unknown as Iterable<SqliteValue[]>, bounds)
    : { rows: statement.all(...parameters) as unknown as SqliteValue[][], hasMore: false };
  return { columns: statement.columns().map((_, column) => rows.map((row) => row[column]!)), hasMore };
}

function some(found: Iterable<SqliteValue[]>, { maxRows, summedColumn, maxSum }: RowBounds): FoundRows {
  const rows: SqliteValue[][] = [];
  let sum = 0;
  for (const row of found) {
    if (rows.length >= maxRows || sum >= maxSum) return { rows, hasMore: true };
    rows.push(row);
    sum += Number(row[summedColumn]);
  }
  return { rows, hasMore: false };
}

function write(steps: readonly SqliteStep[]): number[] {
  database.exec('BEGIN IMMEDIATE');
  try {
    const changes = steps.map(run);
    database.exec('COMMIT');
    return changes;
  } catch (error) {
    // Some failures end the transaction by themselves.
    if (database.isTransaction) database.exec('ROLLBACK');
    throw error;
  }
}

function run({ sql, rows, columns }: SqliteStep): number {
  const statement = prepared(sql);
  const parameters = columns.map((): SqliteValue => null);
  let changes = 0;
  for (let row = 0; row < rows; row += 1) {
    for (let place = 0; place < columns.length; place += 1) {
      const column = columns[place]!;
      parameters[place] = column === null ? null : column[row]!;
    }
    changes += Number(statement.run(...parameters).changes);
  }
  return changes;
}

function prepared(sql: string): StatementSync {
  const present = statements.get(sql);
  if (present) return present;
  const made = database.prepare(sql);
  made.setReturnArrays(true);
  statements.set(sql, made);
  return made;
}

function objectionOf(error: unknown): SqliteObjection {
  const { message, errcode } = error as Error & { errcode?: number };
  return { message, code: errcode };
}

function reply(answered: SqliteReply): void {
  port.postMessage(answered);
}
