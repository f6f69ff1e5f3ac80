/**
 * PostgreSQL: entities, migrations, stores, and the embedded server. The only importer of typeorm.
 *
 * Delivery, integrations, collection, identity and the apps depend on this room; it depends on the domain only.
 * It leaves to others what the rows mean: no rule is decided here.
 */
export * from './data-source.js';
export * from './database.js';
export * from './entities/index.js';
