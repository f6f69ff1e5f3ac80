/**
 * A simulated database cluster that answers over HTTP as the real servers do, with scripted states and faults.
 *
 * The sandbox, the demo and tests use it; it imports nothing of ours. It leaves out all that a poller does not ask.
 */
export * from './cluster-stand-in.js';
