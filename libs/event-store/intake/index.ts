/**
 * How lines become records that are stored: all of a body or nothing, durable when it is answered, in as few transactions
 * as the senders' haste allows. Without framework; the backend is the only thing that it waits for.
 */
export * from './intake-full.js';
export * from './line-intake.js';
export * from './record-writer.js';
