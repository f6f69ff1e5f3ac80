import { randomBytes } from 'node:crypto';
import type { Clock } from '../../domain/index.js';
import type { Logger, Metrics } from '../../observability/index.js';
import {
  RejectedEntryStore,
  StreamCursorStore,
  StreamPartStore,
  StreamStore,
  type Database,
} from '../../persistence/index.js';
import { STREAM_KINDS } from '../../sinks/index.js';
import type { Chore } from '../chores.js';
import type { Intake } from '../intake.js';
import type { Wakeups } from '../wakeups.js';
import { CROWD } from './shares.js';
import { StreamParts } from './stream-parts.js';
import { StreamRetention } from './stream-retention.js';

const SWEEP_EVERY_MS = 250;
const FORGET_EVERY_MS = 60_000;
/** Cursors that one sweep wakes; of one integration as many as may wait in a process. */
const SHARE = { perIntegration: CROWD, inAll: 1_000 };

export interface StreamChoreParts {
  readonly database: Database;
  readonly intake: Intake;
  readonly wakeups: Wakeups;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly keptMs: number;
}

/** What a dispatcher does about streams beside delivering them. */
export function createStreamChores(parts: StreamChoreParts): Chore[] {
  const { database, wakeups, clock, keptMs } = parts;
  const streams = new StreamStore(STREAM_KINDS);
  const store = new StreamPartStore();
  const retention = new StreamRetention({
    ...parts,
    store,
    parts: new StreamParts(database, store, keptMs),
    cursors: new StreamCursorStore(),
    rejected: new RejectedEntryStore(),
  });
  // New with every start, so that jobs of a process that died hold back none of ours.
  const name = `${randomBytes(4).toString('hex')}.`;
  const sweep = async (): Promise<void> =>
    wakeups.wake(await streams.due(database, clock.now(), SHARE), name);
  return [
    { name: 'streams.sweep', everyMs: SWEEP_EVERY_MS, run: sweep },
    { name: 'streams.forget', everyMs: FORGET_EVERY_MS, run: () => retention.run() },
  ];
}
