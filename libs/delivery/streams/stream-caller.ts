import { newId, type Clock } from '../../domain/index.js';
import type { Logger, Metrics } from '../../observability/index.js';
import {
  AttemptEntity,
  type ClaimedCursor,
  type Database,
  type IntegrationEntity,
} from '../../persistence/index.js';
import type { Parcel, SinkReply, StreamLine } from '../../sinks/index.js';

/** A call to a sink is aborted after that, in milliseconds; less than a lease. */
const CALL_TIMEOUT_MS = 12_000;
const MAX_INTEGER = 2_147_483_647;

/** Makes one call of a stream, and keeps what was wrong with it. */
export class StreamCaller {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly logger: Logger,
    private readonly metrics: Metrics,
  ) {}

  /** Never throws for what becomes of the call. */
  async send(
    line: StreamLine,
    parcel: Parcel,
    integration: IntegrationEntity,
    cursor: ClaimedCursor,
  ): Promise<SinkReply> {
    const startedAt = this.clock.now();
    const begun = performance.now();
    const reply = await this.bounded(line, parcel);
    const durationMs = Math.round(performance.now() - begun);
    const { outcome } = reply;
    const { sink } = integration;
    this.metrics.deliveryAttempts.inc({ sink, action: 'put', outcome: outcome.kind });
    this.metrics.deliveryDuration.observe({ sink }, durationMs / 1_000);
    if (outcome.kind !== 'delivered') await this.keep(reply, parcel, cursor, { startedAt, durationMs });
    return reply;
  }

  private async bounded(line: StreamLine, parcel: Parcel): Promise<SinkReply> {
    const deadline = new AbortController();
    const timer = setTimeout(() => deadline.abort(new Error('deadline')), CALL_TIMEOUT_MS);
    try {
      return await line.send(parcel, { signal: deadline.signal });
    } catch (error) {
      // A sink that throws has a fault of its own; whether it had sent anything by then, nobody knows.
      const name = error instanceof Error ? error.name : 'unknown error';
      return { outcome: { kind: 'ambiguous', code: 'sink-fault', reason: `The sink failed: ${name}.` } };
    } finally {
      clearTimeout(timer);
    }
  }

  /** What went as it should is counted and not kept: there are too many of them. */
  private async keep(
    reply: SinkReply,
    { seqs, lane }: Parcel,
    { id, integrationId }: ClaimedCursor,
    time: { readonly startedAt: Date; readonly durationMs: number },
  ): Promise<void> {
    const { outcome } = reply;
    const said =
      outcome.kind === 'partial'
        ? {
            code: 'partly-refused',
            reason: `${outcome.rejected.length} of the batch were refused: ${outcome.rejected[0]?.reason}`,
          }
        : 'code' in outcome
          ? { code: outcome.code, reason: outcome.reason }
          : { code: null, reason: null };
    this.logger.warn({
      event: 'delivery.attempted',
      deliveryId: id,
      integrationId,
      action: 'put',
      lane,
      entries: seqs.length,
      outcome: outcome.kind,
      ...said,
      durationMs: time.durationMs,
    });
    const attempt: AttemptEntity = Object.assign(new AttemptEntity(), {
      id: newId(time.startedAt),
      deliveryId: id,
      integrationId,
      action: 'put',
      seq: seqs.reduce((highest, seq) => Math.max(highest, Math.min(seq, MAX_INTEGER)), 0),
      outcome: outcome.kind,
      ...said,
      httpStatus: reply.httpStatus ?? null,
      requestDigest: reply.requestDigest ?? null,
      requestShape: reply.requestShape ? { ...reply.requestShape } : null,
      answer: reply.answer ?? null,
      ...time,
    });
    await this.database
      .repository(AttemptEntity)
      .insert(attempt as never)
      .catch((error: unknown) => this.logger.warn({ event: 'delivery.attempt.lost', error: String(error) }));
  }
}
