export * from './account.entity.js';
export * from './audit.entity.js';
export * from './cluster.entity.js';
export * from './delivery.entity.js';
export * from './integration.entity.js';
export * from './issue.entity.js';
export * from './tenancy.entity.js';
