/**
 * What every process of Spillway is made of before it is anything in particular: the database, the queues, the global
 * module with both, and an end that leaves nothing running.
 *
 * The apps depend on this room; it depends on config, domain, observability, persistence and queues. It leaves to the
 * apps which modules they are, and whether they listen.
 */
export * from './open-platform.js';
export * from './platform.module.js';
export * from './run-process.js';
