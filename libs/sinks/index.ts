/**
 * The services outside, one folder each: what they accept, how a call is formatted, sent and classified.
 *
 * Delivery and integrations depend on this room; it knows no database, no queue, no NestJS, and no sink its sibling.
 * It leaves to others: when to call (delivery), where credentials are kept (integrations).
 */
export * from './catalog.js';
export * from './cards.js';
export * from './sink.js';
export * from './stream-sink.js';
