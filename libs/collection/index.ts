/**
 * Watches clusters: polls every configured node into observations, lets the detectors judge them, keeps what was judged
 * for a while, and reports what they find to the intake; takes metrics from the same answers where somebody wants them,
 * and reads log files over HTTP where a cluster's registration asks for it. Schedules live in the queue and are kept in
 * step with the database.
 *
 * The apps depend on this room; it depends on clusters, detection, egress, log-files, delivery, queues, identity and
 * persistence. It leaves to others the rules (detection) and what an issue, a line or a sample leads to (delivery).
 */
export * from './cluster-issues.js';
export * from './collection.module.js';
export * from './poll-schedules.js';
export * from './scheduling.module.js';
