/**
 * A hub beside the sandbox: the built program as a child process, and a small client for its API.
 *
 * The demo, the end-to-end tests and the bench depend on it; it knows the hub only by its command line and its HTTP.
 */
export * from './hub-client.js';
export * from './hub-process.js';
