/**
 * What says that PostgreSQL is not there: SQLSTATE classes 08, 53 and 57P, and the errors of the socket and of the name
 * (a container that is down has none).
 */
const AWAY =
  /^(08...|53...|57P0.|ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|ENOENT|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|EAI_AGAIN)$/;
/** As AWAY, of pg and of TypeORM: it lets go of a transaction's connection as soon as that breaks. */
const CONNECTION_LOST =
  /^(Connection terminated|timeout exceeded when trying to connect|Client (has encountered|was closed)|Query runner already released)/i;

/** Whether an error says that the database is away, and the same may succeed once it is back; all else is a fault. */
export function isDatabaseAway(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { driverError, code } = error as { driverError?: { code?: unknown }; code?: unknown };
  const cause = driverError?.code ?? code;
  return (typeof cause === 'string' && AWAY.test(cause)) || CONNECTION_LOST.test(error.message);
}
