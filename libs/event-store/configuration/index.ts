/**
 * The configuration files of cc-event-store, read as its operators have them. The event store's app depends on it;
 * receivers take durations and ports from its files. It starts nothing and writes no log: what deserves a word is returned
 * as a warning.
 */
export { InvalidConfiguration, loadConfiguration, type Configuration } from './load-configuration.js';
export type { ReceiverCatalog, ReceiverSettings } from './receivers-section.js';
export type { StorageSettings } from './storage-section.js';
