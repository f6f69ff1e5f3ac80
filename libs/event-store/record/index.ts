/**
 * Events and log lines: what a point of line protocol means, as it is stored. Plain functions without framework, database
 * or clock.
 */
export * from './cluster-name.js';
export * from './event-record.js';
export { objectText } from './object-text.js';
export * from './point-kind.js';
export * from './record-sorter.js';
export { storable } from './storable-text.js';
