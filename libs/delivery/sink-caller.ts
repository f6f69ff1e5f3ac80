import type { Clock, Outcome } from '../domain/index.js';
import type { ReadBack, Recovery, Sink, SinkCall, SinkReply } from '../sinks/index.js';
import type { Claim } from './claim.js';
import type { DeliveryRules } from './rules.js';
import type { SinkConnections } from './sink-connections.js';

/** How one call ended. `recovery` is set when it was a search. */
export interface CallResult extends ReadBack {
  readonly recovery?: Recovery;
  readonly startedAt: Date;
  readonly durationMs: number;
}

/** Makes the one call a claim is for, within its deadline. Never throws. */
export class SinkCaller {
  constructor(
    private readonly connections: SinkConnections,
    private readonly clock: Clock,
    private readonly rules: DeliveryRules,
  ) {}

  async call(claim: Claim): Promise<CallResult> {
    const startedAt = this.clock.now();
    const begun = performance.now();
    const deadline = new AbortController();
    const timer = setTimeout(() => deadline.abort(new Error('deadline')), this.rules.callTimeoutMs);
    try {
      const reply = await this.send(claim, deadline.signal);
      return { ...reply, startedAt, durationMs: Math.round(performance.now() - begun) };
    } finally {
      clearTimeout(timer);
    }
  }

  private async send(claim: Claim, signal: AbortSignal): Promise<ReadBack & { recovery?: Recovery }> {
    const sink = this.connect(claim);
    if ('outcome' in sink) return sink;
    const { delivery, state, subject, possibleDuplicate } = claim;
    const call: SinkCall = { deliveryId: delivery.id, possibleDuplicate, signal };
    const action = state.call!.action;
    try {
      switch (action) {
        case 'recover':
          return replyOf(await sink.recover(state.mirror.unknown!.since, call));
        case 'confirm':
          return await sink.confirm!(state.mirror.pending!.receipt, call);
        case 'verify':
          return await subject.readBack(sink, state.mirror, call);
        default:
          return await subject.send(sink, action, state.mirror, call);
      }
    } catch (error) {
      // A sink that throws has a fault of its own; whether it had sent anything by then, nobody knows.
      return {
        outcome: { kind: 'ambiguous', code: 'sink-fault', reason: `The sink failed: ${nameOf(error)}.` },
      };
    }
  }

  private connect({ integration }: Claim): Sink | SinkReply {
    try {
      return this.connections.sinkOf(integration);
    } catch {
      const reason = 'The stored credentials cannot be opened with the present secret key: enter them again.';
      return { outcome: { kind: 'unauthorized', code: 'credentials-unreadable', reason } };
    }
  }
}

/** A search that came to an answer counts as a call that was delivered. */
function replyOf(recovery: Recovery): SinkReply & { recovery: Recovery } {
  if (recovery.kind === 'failed') return { ...recovery.reply, recovery };
  const outcome: Outcome = { kind: 'delivered', ref: recovery.kind === 'found' ? recovery.ref : {} };
  return { outcome, recovery };
}

const nameOf = (error: unknown): string => (error instanceof Error ? error.name : 'unknown error');
