import { Audit } from '../../identity/index.js';
import { silentLogger } from '../../observability/index.js';
import { IntegrationStore, ReplayStore } from '../../persistence/index.js';
import { Queues } from '../../queues/index.js';
import { Replays } from '../replay/replay.js';
import { Wakeups } from '../wakeups.js';
import type { DeliveryHarness } from './delivery-harness.js';

/** Replays over the harness's store; `stop` when they are not needed any more. */
export async function replaysOf({
  database,
  clock,
  testDatabase,
}: DeliveryHarness): Promise<{ replays: Replays; stop: () => Promise<void> }> {
  const queues = new Queues({ databaseUrl: testDatabase.url, logger: silentLogger });
  await queues.connect();
  const replays = new Replays({
    database,
    clock,
    audit: new Audit(clock),
    wakeups: new Wakeups(queues, silentLogger),
    store: new ReplayStore(),
    integrations: new IntegrationStore(),
    updateIntervalMs: 300_000,
  });
  return { replays, stop: () => queues.stop() };
}
