/**
 * From a fact to a message that shows it: intake, mirrors, the plan, attempts, retry, ledger. Read `worker.ts` first:
 * the pipeline is there in one place; `plan.ts` and `settle.ts` hold its rules, pure.
 *
 * Integrations, sources, collection and the apps depend on this room; it depends on sinks, queues and persistence.
 * It leaves to others what is a fact (sources, collection) and how a sink is called (sinks).
 */
export * from './accountability.module.js';
export * from './delivery.module.js';
export * from './dispatch.module.js';
export { shortestGapMs } from './holds/cron-times.js';
export { cronText, filterBody, timeZoneText } from './holds/holds.schema.js';
export { requireKnownNames } from './holds/named-things.js';
export * from './intake.js';
export * from './integration-lifecycle.js';
export * from './integration-secrets.js';
export * from './ledger/ledger.js';
export * from './sink-connections.js';
export * from './streams/stream-intake.js';
export * from './streams/stream-intake.js';
