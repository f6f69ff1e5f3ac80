/**
 * The clusters that are watched: registration, credentials, and what was last seen of their nodes.
 *
 * Only apps depend on this room; it depends on identity, rest, persistence and the domain. Who polls is told of
 * changes through `ClusterObserver`, which the app binds. It polls nothing itself.
 */
export * from './cluster-observer.js';
export * from './clusters.module.js';
