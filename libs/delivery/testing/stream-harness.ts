import { newId, type NewEntry } from '../../domain/index.js';
import type { Audit, Tenant } from '../../identity/index.js';
import { Metrics, silentLogger } from '../../observability/index.js';
import {
  IntegrationHealthStore,
  IntegrationStore,
  ProbeStore,
  RejectedEntryStore,
  ReplayStore,
  StreamCursorEntity,
  StreamCursorStore,
  StreamEntryStore,
  StreamPartStore,
  StreamStore,
} from '../../persistence/index.js';
import type { SinkConnections } from '../sink-connections.js';
import { Wakeups } from '../wakeups.js';
import { DeliveryHarness } from './delivery-harness.js';
import type { StreamBounds } from '../streams/stream-bounds.js';
import type { ReplayAnswer } from '../replay/replay-report.js';
import { StreamCaller } from '../streams/stream-caller.js';
import { StreamHealth } from '../streams/stream-health.js';
import { StreamParts } from '../streams/stream-parts.js';
import { StreamReplay } from '../streams/stream-replay.js';
import { StreamRetention } from '../streams/stream-retention.js';
import { StreamWorker } from '../streams/stream-worker.js';
import { StreamWriter } from '../streams/stream-writer.js';
import { Crashed, SimulatedStream } from './simulated-stream.js';

const KEPT_MS = 48 * 3_600_000;
const SINK = 'awsCloudWatchLogs';
const ALL = { perIntegration: 100, inAll: 100 };

/** Streams on a real database, with a simulated sink and a clock to move. */
export class StreamHarness {
  readonly line = new SimulatedStream();
  readonly parts = new StreamPartStore();
  connections: Pick<SinkConnections, 'streamOf'> = { streamOf: () => this.line };
  bounds: StreamBounds = { windows: 2, limit: 10, maxBytes: 1_048_576 };
  private readonly metrics = new Metrics();
  private readonly streams = new StreamStore([SINK]);

  private constructor(readonly base: DeliveryHarness) {}

  static async start(): Promise<StreamHarness> {
    return new StreamHarness(await DeliveryHarness.start());
  }

  get writer(): StreamWriter {
    const { database, clock } = this.base;
    return new StreamWriter({
      database,
      streams: this.streams,
      entries: new StreamEntryStore(),
      parts: new StreamParts(database, this.parts, KEPT_MS),
      wakeups: this.wakeups,
      clock,
      logger: silentLogger,
      metrics: this.metrics,
      maxWaitingBytes: 64 * 1_048_576,
    });
  }

  get worker(): StreamWorker {
    const { database, clock, health, intake } = this.base;
    const parts = { database, clock, logger: silentLogger };
    return new StreamWorker({
      ...parts,
      entries: new StreamEntryStore(),
      cursors: new StreamCursorStore(),
      rejected: new RejectedEntryStore(),
      connections: this.connections,
      bounds: this.bounds,
      caller: new CrashingCaller(database, clock, silentLogger, this.metrics),
      health: new StreamHealth({
        ...parts,
        store: new IntegrationHealthStore(),
        probes: new ProbeStore(),
        health,
        intake,
      }),
      random: () => 0.5,
    });
  }

  get retention(): StreamRetention {
    const { database, clock, intake } = this.base;
    return new StreamRetention({
      database,
      store: this.parts,
      parts: new StreamParts(database, this.parts, KEPT_MS),
      cursors: new StreamCursorStore(),
      rejected: new RejectedEntryStore(),
      intake,
      clock,
      logger: silentLogger,
      metrics: this.metrics,
      keptMs: KEPT_MS,
    });
  }

  addIntegration(clusterIds: readonly string[] = []): Promise<string> {
    const config = { groupName: '/orders/db', region: 'eu-west-1', clusterIds };
    return this.base.addIntegration('', '', { id: newId(), sink: SINK, source: 'logs', config });
  }

  append(cluster: string, entries: readonly NewEntry[]): Promise<void> {
    const { projectId } = this.base;
    return this.writer.append([{ projectId, source: 'logs', cluster, entries }]);
  }

  /** Works on every cursor that is due, once. A worker that dies leaves its lease behind. */
  async work(): Promise<number> {
    const due = await this.streams.due(this.base.database, this.base.clock.now(), ALL);
    for (const { id, integrationId, sink } of due) {
      await this.worker.run({ deliveryId: id, integrationId, sink }).catch((error: unknown) => {
        if (!(error instanceof Crashed)) throw error;
      });
    }
    return due.length;
  }

  /** Deletes every integration, as its owner would. */
  async retire(): Promise<void> {
    const { database } = this.base;
    const rows = await database.query<{ id: string }>(
      `UPDATE integrations SET status = 'deleted' WHERE status = 'active' RETURNING id`,
    );
    for (const { id } of rows)
      await database.transaction((tx) => new StreamCursorStore().endUnconcerned(tx, id));
  }

  /** Has an integration concern these clusters from now on. */
  rescope(integrationId: string, clusterIds: readonly string[]): Promise<void> {
    return this.base.database.transaction(async (tx) => {
      await tx.query(
        `UPDATE integrations SET config = jsonb_build_object('clusterIds', $2::jsonb) WHERE id = $1`,
        [integrationId, JSON.stringify(clusterIds)],
      );
      await new StreamCursorStore().endUnconcerned(tx, integrationId);
    });
  }

  async replay(
    tenant: Tenant,
    integrationId: string,
    body: { readonly since: Date; readonly dryRun: boolean },
  ): Promise<ReplayAnswer> {
    const { database, clock } = this.base;
    const replay = new StreamReplay({
      database,
      clock,
      wakeups: this.wakeups,
      audit: { record: () => Promise.resolve() } as unknown as Audit,
      store: new ReplayStore(),
      integrations: new IntegrationStore(),
      updateIntervalMs: 0,
    });
    return replay.run(tenant, await this.base.integration(integrationId), body);
  }

  cursors(integrationId: string): Promise<StreamCursorEntity[]> {
    return this.base.database.repository(StreamCursorEntity).findBy({ integrationId });
  }

  stop(): Promise<void> {
    return this.base.stop();
  }

  private get wakeups(): Wakeups {
    // Nothing is woken: the tests say when somebody works.
    return { wake: () => Promise.resolve() } as unknown as Wakeups;
  }
}

/** Lets a crash through, where the real one makes an outcome of what a sink throws. */
class CrashingCaller extends StreamCaller {
  override async send(...parameters: Parameters<StreamCaller['send']>): ReturnType<StreamCaller['send']> {
    let crash: Crashed | undefined;
    const [line, parcel, ...rest] = parameters;
    const reply = await super.send(
      {
        ...line,
        send: (...call: Parameters<typeof line.send>) =>
          line.send(...call).catch((error: unknown) => {
            if (error instanceof Crashed) crash = error;
            throw error;
          }),
      },
      parcel,
      ...rest,
    );
    if (crash) throw crash;
    return reply;
  }
}
