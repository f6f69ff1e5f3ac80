/**
 * What happens often is counted and told of now and then: a log stays readable while every sender fails. Whatever takes
 * something in may import this; it knows the log and nothing else.
 */
export { RefusalLog, type RefusalKind } from './refusal-log.js';
export { Tally } from './tally.js';
