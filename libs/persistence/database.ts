import { finished } from 'node:stream/promises';
import { setTimeout as pause } from 'node:timers/promises';
import type { Pool, PoolClient } from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import type { DataSource, EntityManager, EntityTarget, ObjectLiteral, Repository } from 'typeorm';

/** Something that SQL can be sent to: the pool, or one open transaction. */
export interface Queryable {
  /** Rows of one statement, with column names as in the database. */
  query<Row>(sql: string, parameters?: readonly unknown[]): Promise<Row[]>;
  repository<Entity extends ObjectLiteral>(entity: EntityTarget<Entity>): Repository<Entity>;
}

/** An open transaction. Must not be used after the callback that received it has ended. */
export interface Transaction extends Queryable {
  readonly isTransaction: true;
  /** Runs `COPY … FROM STDIN` over this text, in PostgreSQL's text format. */
  copyIn(sql: string, text: string): Promise<void>;
}

const DEADLOCK_TRIES = 5;
const DEADLOCK_PAUSE_MS = 50;
/** Whether PostgreSQL chose a statement as the victim of a deadlock: the same may succeed right after. */
export const isDeadlock = (error: unknown): boolean =>
  error instanceof Error && (error as { code?: unknown }).code === '40P01';

/** The database: the only way to rows for everybody outside this room. */
export class Database implements Queryable {
  constructor(readonly dataSource: DataSource) {}

  query<Row>(sql: string, parameters: readonly unknown[] = []): Promise<Row[]> {
    return rows<Row>(this.dataSource.manager, sql, parameters);
  }

  /**
   * As `query`, for a statement that is asked over and over: PostgreSQL parses and plans it once per connection, under
   * this name. The same name must always come with the same text.
   */
  async prepared<Row>(name: string, sql: string, parameters: readonly unknown[]): Promise<Row[]> {
    const { master } = this.dataSource.driver as unknown as { master: Pool };
    return (await master.query({ name, text: sql, values: [...parameters] })).rows as Row[];
  }

  repository<Entity extends ObjectLiteral>(entity: EntityTarget<Entity>): Repository<Entity> {
    return this.dataSource.getRepository(entity);
  }

  /**
   * Commits when `work` resolves, rolls back when it throws, and passes its error on. When PostgreSQL chose it as the
   * victim of a deadlock `work` is run again: whatever it does outside the transaction must bear that.
   */
  async transaction<Result>(work: (tx: Transaction) => Promise<Result>): Promise<Result> {
    for (let tries = 1; ; tries += 1) {
      try {
        return await this.once(work);
      } catch (error) {
        if (!isDeadlock(error) || tries >= DEADLOCK_TRIES) throw error;
        // Apart from each other, or the same ones meet again.
        await pause(Math.random() * DEADLOCK_PAUSE_MS * tries);
      }
    }
  }

  private once<Result>(work: (tx: Transaction) => Promise<Result>): Promise<Result> {
    return this.dataSource.transaction((manager) =>
      work({
        isTransaction: true,
        query: (sql, parameters = []) => rows(manager, sql, parameters),
        repository: (entity) => manager.getRepository(entity),
        copyIn: (sql, text) => copyIn(manager, sql, text),
      }),
    );
  }
}

async function copyIn(manager: EntityManager, sql: string, text: string): Promise<void> {
  const client = (await manager.queryRunner!.connect()) as PoolClient;
  const copying = client.query(copyFrom(sql));
  copying.end(Buffer.from(text));
  await finished(copying);
}

/** TypeORM answers `[rows, count]` to an UPDATE or DELETE and bare rows to all else. */
async function rows<Row>(
  manager: EntityManager,
  sql: string,
  parameters: readonly unknown[],
): Promise<Row[]> {
  const answer: unknown = await manager.query(sql, [...parameters]);
  if (
    Array.isArray(answer) &&
    answer.length === 2 &&
    Array.isArray(answer[0]) &&
    typeof answer[1] === 'number'
  ) {
    return answer[0] as Row[];
  }
  return answer as Row[];
}
