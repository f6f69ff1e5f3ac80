/**
 * The structured log alone, for small programs: the metrics beside it take as much memory as all the rest of an agent.
 *
 * Who imports the whole room needs nothing from here.
 */
export { createLogger, silentLogger, type Logger } from '../logger.js';
