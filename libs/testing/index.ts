/**
 * What tests share: a database per test file, Redis where there is one, a clock to move, polling with a deadline,
 * builders. The global setup starts one PostgreSQL for the whole run.
 *
 * Only tests depend on this room; it depends on the domain and on persistence.
 * It leaves to others: stand-ins of vendors and clusters (apps/sandbox).
 */
export * from './builders.js';
export * from './manual-clock.js';
export * from './test-database.js';
export * from './test-nats.js';
export * from './test-redis.js';
export * from './wait-until.js';
