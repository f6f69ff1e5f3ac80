import type { Logger } from '../../../observability/logging/index.js';
import { StorageUnavailable } from '../storage-backend.js';
import { failureOf } from './sqlite-failure.js';
import type {
  RowBounds,
  SqliteColumn,
  SqliteReply,
  SqliteStep,
  SqliteThreadSettings,
  SqliteValue,
} from './sqlite-protocol.js';
import { SqliteWorker, type SqliteQuestion } from './sqlite-worker.js';

/**
 * A connection to a file, in a thread of its own: nothing here ever blocks the process. Requests are run in the order in
 * which they are made. What is asked of it throws `StorageUnavailable` or `StorageRefused`.
 */
export class SqliteConnection {
  private worker: SqliteWorker | undefined;
  private isClosed = false;

  private constructor(
    private readonly settings: SqliteThreadSettings,
    private readonly logger: Logger,
  ) {}

  /** Throws `SqliteOpenFailed`. */
  static async open(settings: SqliteThreadSettings, logger: Logger): Promise<SqliteConnection> {
    const connection = new SqliteConnection(settings, logger);
    await connection.running().opened;
    return connection;
  }

  /** How many requests are under way. */
  get load(): number {
    return this.worker?.load ?? 0;
  }

  /** The columns of what the statement finds. */
  async read(sql: string, parameters: readonly SqliteValue[] = []): Promise<readonly SqliteColumn[]> {
    return (await this.ask({ kind: 'read', sql, parameters })).columns!;
  }

  /** The columns of what it finds within the bounds, and whether it finds more. */
  async readSome(
    sql: string,
    parameters: readonly SqliteValue[],
    bounds: RowBounds,
  ): Promise<{ readonly columns: readonly SqliteColumn[]; readonly hasMore: boolean }> {
    const { columns, hasMore } = await this.ask({ kind: 'read', sql, parameters, bounds });
    return { columns: columns!, hasMore: hasMore! };
  }

  /** All steps, or none. Resolves, when they are durable, with how many rows each has changed. */
  async write(steps: readonly SqliteStep[]): Promise<readonly number[]> {
    return (await this.ask({ kind: 'write', steps })).changes!;
  }

  /** Waits for what is under way. */
  async close(): Promise<void> {
    this.isClosed = true;
    await this.worker?.close();
  }

  private async ask(request: SqliteQuestion): Promise<SqliteReply> {
    if (this.isClosed) throw new StorageUnavailable('The SQLite file has been closed.');
    const reply = await this.running().ask(request);
    if (reply.objection) throw failureOf(reply.objection);
    return reply;
  }

  private running(): SqliteWorker {
    if (this.worker?.isUsable) return this.worker;
    this.worker = new SqliteWorker(this.settings, (reason) =>
      this.logger.error({ event: 'event-store.thread.lost', file: this.settings.location, reason }),
    );
    return this.worker;
  }
}
