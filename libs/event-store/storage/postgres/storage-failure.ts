import pg from 'pg';
import { StorageRefused, StorageUnavailable } from '../storage-backend.js';

/** SQLSTATE classes that are about the records: data exception, integrity constraint, a limit of the program (a key too long). */
const OF_RECORDS = /^(22|23|54)/;
/** What pg says, without any code, when a connection breaks or is not made in time. */
const CONNECTION_LOST =
  /^(Connection terminated|Connection ended|timeout expired|timeout exceeded|Query read timeout|Client (has encountered|was closed)|Cannot use a pool)/i;
const CONNECTION_CODE =
  /^(ECONN|EPIPE|ETIMEDOUT|EHOST|ENET|ENOTFOUND|ENOENT|EAI_|EACCES|EADDR|EMFILE|ENFILE|ERR_SSL|ERR_TLS|ERR_STREAM)/;
/** "No partition of relation found for row": another process has dropped the part meanwhile. */
const NO_PART = /^no partition of relation/;
/** The server starts, or has no connection left. */
const MAY_PASS = new Set(['57P03', '53300']);

const codeOf = (error: Error): string => {
  const { code } = error as { code?: unknown };
  return typeof code === 'string' ? code : '';
};

/** Whether the connection broke or was never made: nothing is known of what the server made of the last statement. */
export function isConnectionLost(error: unknown): boolean {
  if (!(error instanceof Error) || error instanceof pg.DatabaseError) return false;
  return CONNECTION_CODE.test(codeOf(error)) || CONNECTION_LOST.test(error.message);
}

/** Whether a server that cannot be reached may be there in a moment: it starts together with us. */
export const mayStillStart = (error: unknown): boolean =>
  isConnectionLost(error) || (error instanceof pg.DatabaseError && MAY_PASS.has(error.code ?? ''));

export const isPartMissing = (error: unknown): boolean =>
  error instanceof pg.DatabaseError && error.code === '23514' && NO_PART.test(error.message);

export const isTableMissing = (error: unknown): boolean =>
  error instanceof pg.DatabaseError && error.code === '42P01';

/** What the server or the system said, in a line, without secrets: neither knows the password. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  // `localhost` has two addresses, and their two errors come without a message.
  const { errors } = error as { errors?: unknown };
  const [first] = Array.isArray(errors) ? (errors as unknown[]) : [];
  const message = error.message || (first instanceof Error ? first.message : '') || codeOf(error);
  return message.replace(/\s+/g, ' ').trim();
}

/** What went wrong as callers of a backend know it. Faults of our own are passed on as they are. */
export function storageFailure(error: unknown): unknown {
  if (isPartMissing(error)) return new StorageUnavailable(says(error), { cause: error });
  if (error instanceof pg.DatabaseError)
    return OF_RECORDS.test(error.code ?? '')
      ? new StorageRefused(says(error), { cause: error })
      : new StorageUnavailable(says(error), { cause: error });
  return isConnectionLost(error) ? new StorageUnavailable(says(error), { cause: error }) : error;
}

const says = (error: unknown): string => `PostgreSQL: ${reasonOf(error)}`;

/** Runs it, and throws what went wrong as callers of a backend know it. */
export async function asStorage<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    throw storageFailure(error);
  }
}
