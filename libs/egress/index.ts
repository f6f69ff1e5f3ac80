/**
 * Outgoing HTTP to addresses that tenants choose: one GET with a deadline, a body cap, no redirects, and a guard on
 * the address that is really dialled.
 *
 * The collection depends on this room; it imports nothing of ours and no framework. It leaves to others what an
 * answer means (a 500 is an answer here, not a failure) and when to ask again.
 */
export * from './egress.js';
export * from './egress-failure.js';
