import type { Outcome } from '../../domain/index.js';
import { decide, type CallStep } from '../decide.js';
import type { BegunCall, DeliveryState } from '../delivery-state.js';
import type { Hold } from '../holds/hold.js';
import { replayStep, type ReplayMode } from '../replay/replay-step.js';
import { settle, type Settlement } from '../settle.js';
import { settleCrashed } from '../settle-call.js';
import { SimulatedBacklog } from './simulated-backlog.js';
import { afterCall } from './simulated-intake.js';
import { SimulatedLine, type BegunState } from './simulated-line.js';
import { STORM_INTERVAL_MS } from './simulated-storms.js';
import type { SimulatedSink, SimulatedSubject, SimulatedTime } from './simulated-world.js';

export type Crash = 'before-call' | 'after-call';

/** One call that was made, for comparing histories. */
export interface MadeCall {
  readonly at: number;
  readonly subjectId: string;
  readonly action: BegunCall['action'];
}

const LEASE_MS = 15_000;
/** More calls for one delivery in one moment are a loop. */
const CALLS_AT_ONCE = 40;
const MENDING: readonly Outcome['kind'][] = ['delivered', 'partial', 'rejected', 'gone'];

/** One integration: the real rules, and around them what the worker does, on an imagined sink. */
export class SimulatedIntegration extends SimulatedBacklog {
  readonly calls: MadeCall[] = [];
  readonly complaints: string[] = [];
  readonly line: SimulatedLine;
  readonly crashes: Crash[] = [];
  /** Events that come in while a call is under way. */
  readonly arrivals: (() => void)[] = [];
  unknownPosts = 0;

  constructor(
    readonly sink: SimulatedSink,
    time: SimulatedTime,
    subjects: ReadonlyMap<string, SimulatedSubject>,
    silence: () => Hold | null,
    stormThreshold = 0,
  ) {
    super(time, subjects, silence, stormThreshold);
    this.line = new SimulatedLine(sink, time);
  }

  /** Calls until nothing is due in this moment. */
  work(): void {
    for (const id of this.deliveries.keys()) {
      let calls = 0;
      while (this.step(id)) {
        calls += 1;
        if (calls > CALLS_AT_ONCE) throw new Error(`${id} is called for again and again`);
      }
    }
  }

  /** Asks for everything once more, as a person may at any time. What is being sent is left alone. */
  replay(mode: ReplayMode): void {
    const { rules, readsBack } = this.sink;
    for (const subject of this.subjects.values()) {
      const state = this.deliveries.get(subject.id);
      if (!state || state.call) continue;
      const view = { ...this.viewOf(subject), storm: false };
      const subjectType = subject.type === 'notification' ? 'notification' : 'issue';
      const context = { mode, subjectType, view, rules, readsBack, now: this.time.now() } as const;
      this.deliveries.set(subject.id, replayStep(state, subject.shown, context).state);
    }
  }

  /** False when nothing is due, what is due rests, or the worker died. */
  private step(id: string): boolean {
    const now = this.time.now();
    const stored = this.deliveries.get(id)!;
    if (!stored.dueAt || stored.dueAt > now || this.time.trueMs < (this.leases.get(id) ?? 0)) return false;
    if (stored.call?.action === 'open') this.unknownPosts += 1;
    const subject = this.subjects.get(id) ?? this.storms.refresh(id);
    const rules =
      subject.type === 'storm'
        ? { ...this.sink.rules, updateIntervalMs: STORM_INTERVAL_MS }
        : this.sink.rules;
    const decision = decide(settleCrashed(stored), subject.shown, this.viewOf(subject), now, rules);
    if ('call' in decision) return this.call(subject, decision.state, decision.call);
    if ('absorb' in decision) this.storms.takeIn(id, { ...decision.absorb, call: null });
    else this.rest(subject, stored, { ...decision.rest, call: null });
    return false;
  }

  private rest({ id, type }: SimulatedSubject, before: DeliveryState, next: DeliveryState): void {
    this.deliveries.set(id, next);
    if (type === 'storm') this.storms.settled(id, before, next);
    else if (before.stormId && next.settledSeq > before.settledSeq) this.storms.tell(before.stormId, true);
  }

  private call(subject: SimulatedSubject, decided: DeliveryState, step: CallStep): boolean {
    const now = this.time.now();
    const state = this.leaving(subject, decided);
    const action = step.do === 'post' || step.do === 'repost' ? 'open' : step.do;
    const begun: BegunState = { ...state, call: { action, shows: subject.shown, startedAt: now } };
    this.calls.push({ at: this.time.trueMs, subjectId: subject.id, action });
    if (this.paused) this.complaints.push(`${subject.id} was called for in spite of the pause`);
    if (action === 'open') this.lookForPaging(subject, state);
    const crash = this.crashes.shift();
    if (crash) {
      if (crash === 'after-call') this.line.effect(begun, subject.id, step, false);
      this.leases.set(subject.id, this.time.trueMs + LEASE_MS);
      this.deliveries.set(subject.id, { ...begun, dueAt: new Date(now.getTime() + LEASE_MS) });
      return false;
    }
    const result = this.line.answer(begun, subject.id, step);
    if (result.outcome.kind === 'ambiguous' && action === 'open') this.unknownPosts += 1;
    this.arrivals.shift()?.();
    const context = { now, random: () => 0.5, readsBack: this.sink.readsBack };
    const settled = this.absorb(result, settle(begun, result, context), now);
    const next = afterCall(settled, this.deliveries.get(subject.id)!, now);
    this.deliveries.set(subject.id, next);
    if (subject.type === 'storm') this.storms.settled(subject.id, begun, next);
    return true;
  }

  /** What gets a message of its own is not the summary's any more. */
  private leaving({ id }: SimulatedSubject, state: DeliveryState): DeliveryState {
    if (!state.stormId) return state;
    const alone = { ...state, stormId: null };
    this.deliveries.set(id, alone);
    this.storms.tell(state.stormId, true);
    return alone;
  }

  /** Nothing new is shown while it is held back; a closed one whose post may have landed is no news. */
  private lookForPaging(subject: SimulatedSubject, { mirror }: DeliveryState): void {
    const hold = this.holdOf(subject);
    const mayStand = mirror.unknown !== null && subject.shown.status === 'closed';
    if (hold && !mayStand) this.complaints.push(`${subject.id} was shown in spite of ${hold.by}`);
  }

  /** As `IntegrationHealth.absorb`. */
  private absorb({ outcome, recovery }: Settlement, next: DeliveryState, now: Date): DeliveryState {
    if (outcome.kind === 'throttled') this.throttledUntil = new Date(now.getTime() + outcome.waitMs);
    if (outcome.kind === 'unauthorized') this.failing = true;
    else if (this.failing && (!recovery || recovery.kind === 'failed')) {
      if (!MENDING.includes(outcome.kind)) return { ...next, parked: true, dueAt: null };
      this.mended();
    }
    return next;
  }
}
