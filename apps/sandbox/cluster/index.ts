/**
 * A simulated database cluster that answers over HTTP as the real servers do, version by version, with scripted states
 * and faults; and scenarios, which script it over time.
 *
 * The sandbox, the demo and tests use it; of ours it imports only the domain's durations. It leaves out all that a
 * poller does not ask.
 */
export type { ClusterControls, ElectionTimes } from './cluster-controls.js';
export * from './cluster-stand-in.js';
export type { NodeFault } from './faulty-answers.js';
export type { ClaimedLeader, DownMode, MemberState, MemoryUse } from './model-node.js';
export type { Credentials } from './node-server.js';
export type { Progress, RunOptions, ScenarioRun } from './scenario-run.js';
export { isServerVersion, SERVER_VERSIONS, type ServerVersionName } from './server-version.js';
