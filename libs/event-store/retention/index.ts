/**
 * Forgets records that are older than they are to be kept.
 *
 * The event store starts it beside its backend, which does the work.
 */
export * from './daily.js';
export * from './retention.js';
