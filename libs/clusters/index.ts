/**
 * The clusters that are watched: registration, credentials, and what was last seen of their nodes.
 *
 * The apps and the collection depend on this room; it depends on identity, rest, persistence and the domain. Who polls
 * is told of changes through `ClusterObserver`, which the collection binds. It polls nothing itself.
 */
export { openCredentials, type ClusterCredentials } from './cluster-credentials.js';
export * from './cluster-observer.js';
export * from './clusters.module.js';
