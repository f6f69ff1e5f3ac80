import type { Outcome, RemoteRef } from '../../domain/index.js';
import type { Recovery } from '../../sinks/index.js';
import type { Shown } from '../delivery-state.js';
import type { PlanRules } from '../plan.js';

/** The time of an imagined world: the true one, in which its sinks live, and the hub's clock, which may step. */
export class SimulatedTime {
  trueMs = Date.UTC(2026, 0, 1);
  offsetMs = 0;
  /** The most that the hub's clock ever was ahead. */
  aheadMs = 0;

  now = (): Date => new Date(this.trueMs + this.offsetMs);
  step(ms: number): void {
    this.offsetMs += ms;
    this.aheadMs = Math.max(this.aheadMs, this.offsetMs);
  }

  trueMsOf = (date: Date): number => date.getTime() - this.offsetMs;
}

/** An issue, a notification or a storm's summary, as it is now. */
export interface SimulatedSubject {
  readonly id: string;
  readonly type: 'issue' | 'notification' | 'storm';
  shown: Shown;
}

/** What arrives at a sink. */
export interface SimulatedRequest {
  readonly subjectId: string;
  readonly action: 'open' | 'update' | 'close';
  readonly ref: RemoteRef | null;
  readonly shows: Shown;
  /** Neither the first post nor a change of severity nor the close. */
  readonly plain: boolean;
  readonly possibleDuplicate: boolean;
}

/** A sink that works as its vendor says, in the true time; what goes wrong on the way to it is not its matter. */
export interface SimulatedSink {
  readonly rules: PlanRules;
  readonly readsBack: boolean;
  /** `answered` says whether the hub will see what comes out. */
  take(request: SimulatedRequest, answered: boolean): Outcome;
  recover(subjectId: string, sinceMs: number): Recovery;
  confirm(receipt: RemoteRef, answered: boolean): Outcome;
  readBack(subjectId: string): 'open' | 'closed';
}

export const INTERVAL_MS = 300_000;
export const AS_SCRIPTED = { code: 'test', reason: 'as scripted' };
