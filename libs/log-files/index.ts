/**
 * What log files of EventStoreDB and KurrentDB servers look like: which files there are, in which order, and the time
 * and level of a line. Pure rules for whoever gets lines in: the agent, the poller of `/admin/logs`, the write endpoint.
 *
 * It imports only the domain. It leaves to others how files are found and read, and what becomes of a line.
 */
export * from './log-file.js';
export * from './log-line.js';
