import type { SinkDefinition } from './sink.js';

/** The one explicit list of sinks. */
export const SINKS: readonly SinkDefinition[] = [];
