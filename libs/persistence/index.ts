/**
 * PostgreSQL: entities, migrations, stores, and the embedded server. The only importer of typeorm.
 *
 * Delivery, integrations, collection, identity and the apps depend on this room; it depends on the domain and on observability.
 * It leaves to others what the rows mean: no rule is decided here.
 */
export * from './data-source.js';
export * from './database.js';
export * from './database-away.js';
export * from './embedded/index.js';
export * from './entities/index.js';
export * from './stores/access.store.js';
export * from './stores/acknowledgement.store.js';
export * from './stores/account.store.js';
export * from './stores/audit.store.js';
export * from './stores/backlog.store.js';
export * from './stores/claim.store.js';
export * from './stores/cluster.store.js';
export * from './stores/delivery-filter.js';
export * from './stores/delivery-log.store.js';
export * from './stores/delivery.store.js';
export * from './stores/detector-state.store.js';
export * from './stores/drill.store.js';
export * from './stores/health-news.store.js';
export * from './stores/health-read.store.js';
export * from './stores/explain.store.js';
export * from './stores/history.store.js';
export * from './stores/held-sum.store.js';
export * from './stores/hold-end.store.js';
export * from './stores/hold.store.js';
export * from './stores/intake.store.js';
export * from './stores/ingest-token.store.js';
export * from './stores/integration-health.store.js';
export * from './stores/integration.store.js';
export * from './stores/invite.store.js';
export * from './stores/issue-read.store.js';
export * from './stores/ledger-audit.store.js';
export * from './stores/ledger.store.js';
export * from './stores/listing.js';
export * from './stores/log-file.store.js';
export * from './stores/log-head.store.js';
export * from './stores/log-read.store.js';
export * from './stores/login-failure.store.js';
export * from './stores/membership.store.js';
export * from './stores/named-things.store.js';
export * from './stores/observation.store.js';
export * from './stores/organization.store.js';
export * from './stores/parking.store.js';
export * from './stores/probe.store.js';
export * from './stores/pace.store.js';
export * from './stores/present-holds.js';
export * from './stores/project.store.js';
export * from './stores/refresh-token.store.js';
export * from './stores/replay.store.js';
export * from './stores/sealed-rows.store.js';
export * from './stores/signing-key.store.js';
export * from './stores/storm-card.store.js';
export * from './stores/storm-member.store.js';
export * from './stores/storm.store.js';
export * from './stores/stream-interest.store.js';
export * from './stores/rejected-entry.store.js';
export * from './stores/stream-cursor.store.js';
export * from './stores/stream-entry.store.js';
export * from './stores/stream-part.store.js';
export * from './stores/stream-replay.store.js';
export * from './stores/stream-view.store.js';
export * from './stores/stream.store.js';
