/**
 * Ways for lines into an event store, beside its API: a folder for each kind, and the one list of them.
 *
 * The event store's app starts those that are configured. A receiver knows nothing of storage: it hands what it receives to
 * an intake, which answers when it is stored.
 */
export * from './catalog.js';
export * from './receiver.js';
