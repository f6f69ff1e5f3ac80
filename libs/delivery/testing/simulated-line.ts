import type { Outcome } from '../../domain/index.js';
import type { CallStep } from '../decide.js';
import type { BegunCall, DeliveryState } from '../delivery-state.js';
import type { Settlement } from '../settle.js';
import { AS_SCRIPTED, type SimulatedSink, type SimulatedTime } from './simulated-world.js';

export type Fault = 'throttled' | 'transient' | 'lost-answer' | 'lost-request' | 'unauthorized' | 'refused';
export type BegunState = DeliveryState & { readonly call: BegunCall };

/** The way from the hub to an imagined sink, on which things go wrong as scripted. */
export class SimulatedLine {
  readonly faults: Fault[] = [];

  constructor(
    private readonly sink: SimulatedSink,
    private readonly time: SimulatedTime,
  ) {}

  /** What comes of a call, as the hub sees it. */
  answer(begun: BegunState, subjectId: string, step: CallStep): Settlement {
    const scripted = this.faults.shift();
    // Only what is sent can be refused for good.
    const asks = ['recover', 'confirm', 'verify'].includes(begun.call.action);
    const fault = asks && scripted === 'refused' ? undefined : scripted;
    // A question whose answer is lost may be asked again: nothing was done by it.
    if (begun.call.action === 'confirm' && (fault === 'lost-answer' || fault === 'lost-request'))
      return failed({ kind: 'transient', ...AS_SCRIPTED }, step);
    switch (fault) {
      case 'throttled':
        return failed({ kind: 'throttled', waitMs: 30_000, ...AS_SCRIPTED }, step);
      case 'transient':
      case 'unauthorized':
        return failed({ kind: fault, ...AS_SCRIPTED }, step);
      case 'refused':
        return failed({ kind: 'rejected', ...AS_SCRIPTED }, step);
      case 'lost-answer':
        this.effect(begun, subjectId, step, false);
        return failed({ kind: 'ambiguous', ...AS_SCRIPTED }, step);
      case 'lost-request':
        return failed({ kind: 'ambiguous', ...AS_SCRIPTED }, step);
      case undefined:
        return this.effect(begun, subjectId, step, true);
    }
  }

  /** What the sink does, whether its answer arrives or not. */
  effect({ mirror, call }: BegunState, subjectId: string, step: CallStep, answered: boolean) {
    const { sink, time } = this;
    const done: Outcome = { kind: 'delivered', ref: {} };
    switch (call.action) {
      case 'recover': {
        const recovery = sink.recover(subjectId, time.trueMsOf(mirror.unknown!.since));
        return { outcome: done, recovery };
      }
      case 'confirm':
        return { outcome: sink.confirm(mirror.pending!.receipt, answered) };
      case 'verify':
        return { outcome: done, state: sink.readBack(subjectId) };
      default: {
        const { action, shows } = call;
        const plain = action === 'update' && mirror.shown?.severity === shows.severity;
        const possibleDuplicate = 'possibleDuplicate' in step && step.possibleDuplicate;
        const request = { subjectId, action, ref: mirror.ref, shows, plain, possibleDuplicate };
        return { outcome: sink.take(request, answered) };
      }
    }
  }
}

/** A search that failed says so in its own way. */
const failed = (outcome: Outcome, step: CallStep): Settlement =>
  step.do === 'recover' ? { outcome, recovery: { kind: 'failed', reply: { outcome } } } : { outcome };
