/**
 * The hub seen from outside: structured log and Prometheus metrics.
 *
 * Everybody may depend on this room; it depends on nothing of ours. It leaves to others what they report;
 * nobody hands it a secret (known credential fields are redacted as a second net, not the first).
 */
export * from './framework-logger.js';
export * from './logger.js';
export * from './metrics.js';
