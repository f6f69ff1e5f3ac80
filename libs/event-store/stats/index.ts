export * from './event-store-stats.js';
