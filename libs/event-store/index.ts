/**
 * Events, logs and metrics in line protocol: the API that they are written to. The protocol itself is a room in this
 * room, `line-protocol`, for those who need no more of it.
 *
 * Only apps depend on this room; it depends on delivery (the intake), identity, rest, persistence, log-files and the
 * domain. It leaves to others how entries are stored and what is owed for them (delivery).
 */
export * from './event-store.module.js';
