import { newId, type Outcome } from '../../domain/index.js';
import { IntegrationEntity, type ClaimedCursor } from '../../persistence/index.js';
import { streamTraitsOf, type StreamLine } from '../../sinks/index.js';
import type { SinkConnections } from '../sink-connections.js';
import type { DeliveryDue } from '../wakeups.js';
import { CursorHolder, CursorLost, leaseUntil, type HolderParts } from './cursor-holder.js';
import { Shares } from './shares.js';
import { StreamTurn, type TurnEnd, type TurnParts } from './stream-turn.js';

/** A cursor that cannot be worked on must not come back with every sweep. */
const BROKEN_MS = 30_000;

export interface StreamWorkerParts extends HolderParts, TurnParts {
  readonly connections: Pick<SinkConnections, 'streamOf'>;
}

/**
 * The delivery of streams, whole: claim a cursor → read the next stretch → have the sink pack it → send lane by lane →
 * record what is settled. Any number of workers may run; memory is bounded by how many read at once, and how much each.
 */
export class StreamWorker {
  private readonly shares: Shares;
  private readonly stopping = new AbortController();
  /** Cursors that are worked on, or wait for a place. */
  private readonly present = new Set<string>();

  constructor(private readonly parts: StreamWorkerParts) {
    this.shares = new Shares(parts.bounds.windows);
  }

  /** What is begun ends; nothing new is begun. */
  stop(): void {
    this.stopping.abort();
  }

  /**
   * Brings one cursor on, as far as its turn goes. Nothing while this process is at it already, or has it waiting, or has very
   * many of its integration: the sweep comes again.
   */
  async run({ deliveryId: cursorId, integrationId }: DeliveryDue): Promise<void> {
    if (this.present.has(cursorId) || this.shares.isCrowded(integrationId)) return;
    this.present.add(cursorId);
    try {
      // Others have their turn in between; where they are very many, also those who wait outside.
      while (await this.shares.run(integrationId, () => this.inPlace(cursorId)))
        if (this.shares.isBusy(integrationId)) return;
    } finally {
      this.present.delete(cursorId);
    }
  }

  /** Resolves with whether there is more to do at once. */
  private async inPlace(cursorId: string): Promise<boolean> {
    if (this.stopping.signal.aborted) return false;
    const { database, cursors, clock } = this.parts;
    const token = newId();
    const now = clock.now();
    const until = leaseUntil(now);
    const cursor = await cursors.claim(database, cursorId, token, now, until);
    return cursor ? this.work(cursor, new CursorHolder(this.parts, cursor, token, until)) : false;
  }

  private async work(cursor: ClaimedCursor, holder: CursorHolder): Promise<boolean> {
    const { clock, logger, database, connections, health } = this.parts;
    const { failures, failingSince, doubtfulLanes } = cursor;
    const rest = { failures, failingSince, doubtfulLanes, hasCaughtUp: false };
    try {
      const integration = await database
        .repository(IntegrationEntity)
        .findOneByOrFail({ id: cursor.integrationId });
      if (!(await health.mayCall(integration))) {
        await holder.release({ ...rest, dueAt: clock.now() });
        return false;
      }
      const line = lineOf(integration, connections);
      if ('outcome' in line) {
        await health.absorb(integration, line.outcome);
        await holder.release({ ...rest, dueAt: clock.now() });
        return false;
      }
      const { signal } = this.stopping;
      const end = await new StreamTurn(this.parts, { line, integration, holder, signal }).take();
      this.shares.note(integration.id, end.isFailure);
      const dueAt = this.dueAt(end, integration.sink);
      const setbacks = holder.setbacks;
      await holder.release({
        dueAt,
        failures: end.isFailure ? setbacks.failures + 1 : 0,
        failingSince: end.isFailure ? (setbacks.failingSince ?? clock.now()) : null,
        doubtfulLanes: end.doubtfulLanes,
        hasCaughtUp: end.hasCaughtUp,
      });
      return dueAt <= clock.now() && !end.isParked;
    } catch (error) {
      if (error instanceof CursorLost) {
        logger.warn({ event: 'stream.lease.lost', cursorId: cursor.id });
        return false;
      }
      await holder.release({ ...rest, dueAt: new Date(clock.now().getTime() + BROKEN_MS) });
      throw error;
    }
  }

  private dueAt({ waitMs, waitUntil, hasCaughtUp }: TurnEnd, sink: string): Date {
    const now = this.parts.clock.now().getTime();
    if (waitMs !== null) return new Date(now + waitMs);
    if (waitUntil) return new Date(Math.max(now, waitUntil.getTime()));
    return new Date(hasCaughtUp ? now + streamTraitsOf(sink).restMs : now);
  }
}

/** Or what is wrong with what is stored of it: it is for people to mend, as what the sink refuses is. */
function lineOf(
  integration: IntegrationEntity,
  connections: Pick<SinkConnections, 'streamOf'>,
): StreamLine | { readonly outcome: Outcome } {
  try {
    return connections.streamOf(integration);
  } catch {
    const reason =
      'The stored credentials cannot be opened with the present secret key, or the configuration is not what this version ' +
      'of the hub takes: enter both again.';
    return { outcome: { kind: 'unauthorized', code: 'configuration-unusable', reason } };
  }
}
