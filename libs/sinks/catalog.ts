import type { SinkDefinition } from './sink.js';
import { slackSink } from './slack/index.js';

/** The one explicit list of sinks. */
export const SINKS: readonly SinkDefinition[] = [slackSink];
