/**
 * The clusters that are watched: registration, credentials, their own detection settings, what was seen of their nodes,
 * and how their provisioning went.
 *
 * The apps and the collection depend on this room; it depends on delivery (the intake), detection, identity, rest,
 * persistence and the domain. Who polls is told of changes through `ClusterObserver`, which the collection binds. It
 * polls nothing itself and judges nothing.
 */
export { openCredentials, type ClusterCredentials } from './cluster-credentials.js';
export * from './cluster-observer.js';
export * from './clusters.module.js';
