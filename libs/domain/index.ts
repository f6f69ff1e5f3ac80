/**
 * The words of Spillway as types and pure rules: issues, notifications, severities, outcomes, ids, time.
 *
 * Everybody may depend on this room; it imports nothing of ours and no framework.
 * It leaves to others: how things are stored (persistence), sent (sinks) or decided (detection, delivery).
 */
export * from './clock.js';
export * from './duration.js';
export * from './ids.js';
export * from './issue.js';
export * from './metric-catalog.js';
export * from './notification.js';
export * from './object-text.js';
export * from './outcome.js';
export * from './places.js';
export * from './problem.js';
export * from './settled.js';
export * from './severity.js';
export * from './source.js';
export * from './stream.js';
export * from './undo-list.js';
