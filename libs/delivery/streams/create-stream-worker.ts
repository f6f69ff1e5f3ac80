import type { Settings } from '../../config/index.js';
import type { Clock } from '../../domain/index.js';
import type { Logger, Metrics } from '../../observability/index.js';
import {
  IntegrationHealthStore,
  ProbeStore,
  RejectedEntryStore,
  StreamCursorStore,
  StreamEntryStore,
  type Database,
} from '../../persistence/index.js';
import type { Intake } from '../intake.js';
import type { IntegrationHealth } from '../integration-health.js';
import type { SinkConnections } from '../sink-connections.js';
import { streamBounds } from './stream-bounds.js';
import { StreamCaller } from './stream-caller.js';
import { StreamHealth } from './stream-health.js';
import { StreamWorker } from './stream-worker.js';

export interface StreamPipelineParts {
  readonly database: Database;
  readonly intake: Intake;
  readonly health: IntegrationHealth;
  readonly connections: SinkConnections;
  readonly settings: Pick<Settings, 'SPILLWAY_STREAM_MEMORY'>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
}

/** Puts together what works on the due cursors of streams. Nothing runs yet. */
export function createStreamWorker(parts: StreamPipelineParts): StreamWorker {
  const { database, clock, logger, metrics, settings } = parts;
  const health = new StreamHealth({
    ...parts,
    store: new IntegrationHealthStore(),
    probes: new ProbeStore(),
  });
  return new StreamWorker({
    ...parts,
    entries: new StreamEntryStore(),
    cursors: new StreamCursorStore(),
    rejected: new RejectedEntryStore(),
    bounds: streamBounds(settings.SPILLWAY_STREAM_MEMORY),
    caller: new StreamCaller(database, clock, logger, metrics),
    health,
    random: Math.random,
  });
}
