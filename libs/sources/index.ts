/**
 * Where facts come in over REST, and where they are read: issue events of external detectors, issues, notifications.
 *
 * Only apps depend on this room; it depends on delivery (the intake), identity, rest, persistence and the domain.
 * It leaves to others what is owed for a fact (delivery) and how our own detectors find them (collection).
 */
export * from './sources.module.js';
