/**
 * The integrations API: Event Store Cloud's shapes, and what is ours beside them (settings).
 *
 * Only apps depend on this room; it depends on delivery, sinks, identity, rest, persistence and the domain.
 * Everything about a sink comes from its definition in the catalog. It sends nothing but connection tests.
 */
export * from './integrations.module.js';
