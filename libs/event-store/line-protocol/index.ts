/**
 * Line protocol: read from bytes, and written. Plain functions without framework, database or clock.
 *
 * The event store and the agent depend on it; it depends on nothing of ours. It leaves to others what a point means.
 */
export * from './encode-point.js';
export { LineProtocolError } from './line-protocol-error.js';
export * from './parse-lines.js';
export * from './parse-readable-lines.js';
export * from './point.js';
export { isPlausibleTime } from './read-time.js';
