/**
 * The embedded PostgreSQL: a real server out of npm packages, in the data directory, for hubs without `DATABASE_URL`.
 *
 * Apps and the test harness depend on it; it depends on the logger's type only.
 * It leaves to others: the schema (migrations), pools (data source), and when to stop: nothing here listens to signals.
 */
export { connectToRunning } from './running-server.js';
export {
  discardEmbeddedPostgres,
  startEmbeddedPostgres,
  type EmbeddedPostgres,
  type EmbeddedPostgresOptions,
} from './embedded-postgres.js';
export type { ServerExit } from './server-process.js';
