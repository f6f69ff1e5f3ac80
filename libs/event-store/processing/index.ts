/**
 * `process_messages` of receivers: what drops, renames and changes points before they are stored, and the conditions for it.
 * Plain functions without framework, database, clock or network; conditions are read once and never run as code.
 *
 * Receivers' loader depends on it. It leaves to others what is done with warnings and failures.
 */
export type { FailureListener, ProcessingFailure } from './condition-maker.js';
export * from './create-processor.js';
export * from './invalid-processing.js';
