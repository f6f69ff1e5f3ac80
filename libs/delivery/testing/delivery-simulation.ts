import type { Outcome, Severity } from '../../domain/index.js';
import type { Recovery } from '../../sinks/index.js';
import { decide, type CallStep } from '../decide.js';
import { EMPTY_MIRROR, type DeliveryState, type Shown } from '../delivery-state.js';
import { settle } from '../settle.js';
import { settleCrashed } from '../settle-call.js';

export type Fault = 'throttled' | 'transient' | 'lost-answer' | 'lost-request' | 'unauthorized';
export type Command =
  | { do: 'open'; severity: Severity }
  | { do: 'close' }
  | { do: 'pass'; ms: number }
  | { do: 'step-clock'; ms: number }
  | { do: 'fault'; fault: Fault }
  | { do: 'crash'; crash: 'before-call' | 'after-call' }
  | { do: 'delete-message' }
  | { do: 'mend' };

interface Message {
  readonly id: string;
  readonly marked: boolean;
  readonly changes: { readonly at: number; readonly shown: Shown; readonly plain: boolean }[];
  deleted: boolean;
}

const INTERVAL_MS = 300_000;
const RULES = { updateIntervalMs: INTERVAL_MS, keyed: false, showsClosed: true };
const LEASE_MS = 15_000;

/** One issue at one integration, with a sink that misbehaves on command: the real rules on an imagined world. */
export class DeliverySimulation {
  gaveUp = false;
  postsWithoutVerdict = 0;
  private readonly messages: Message[] = [];
  private readonly faults: Fault[] = [];
  private crashes: ('before-call' | 'after-call')[] = [];
  private trueMs = Date.UTC(2026, 0, 1);
  private offsetMs = 0;
  private blocked = false;
  private throttledUntil: Date | null = null;
  private leaseUntilMs = 0;
  private issue: Shown = { seq: 0, status: 'open', severity: 'warning' };
  private state: DeliveryState = {
    firstSeq: 1,
    acceptedSeq: 0,
    settledSeq: 0,
    settled: { delivered: 0, coalesced: 0, rejected: 0, suppressed: 0, expired: 0 },
    lastEnd: null,
    held: null,
    stormId: null,
    parked: false,
    dueAt: null,
    owedSince: null,
    failures: 0,
    mirror: EMPTY_MIRROR,
    call: null,
  };

  constructor(private readonly options: { maySearch: boolean }) {}

  play(command: Command): void {
    switch (command.do) {
      case 'open':
        this.accept({ seq: this.issue.seq + 1, status: 'open', severity: command.severity });
        break;
      case 'close':
        this.accept({ ...this.issue, seq: this.issue.seq + 1, status: 'closed' });
        break;
      case 'pass':
        return this.pass(command.ms);
      case 'step-clock':
        this.offsetMs += command.ms;
        break;
      case 'fault':
        this.faults.push(command.fault);
        break;
      case 'crash':
        this.crashes.push(command.crash);
        break;
      case 'delete-message':
        for (const message of this.messages) message.deleted = true;
        break;
      case 'mend':
        this.mend();
    }
    this.work();
  }

  /** No more faults, and time enough for everything that waits. */
  drain(): void {
    this.faults.length = 0;
    this.crashes = [];
    for (let round = 0; round < 60 && this.inFlight() > 0; round += 1) {
      this.mend();
      this.pass(INTERVAL_MS);
    }
  }

  subject = (): Shown => this.issue;
  live = (): Message[] => this.messages.filter((message) => !message.deleted);
  accepted = (): number => this.state.acceptedSeq;
  inFlight = (): number => this.state.acceptedSeq - this.state.settledSeq;
  ledgerSum = (): number =>
    Object.values(this.state.settled).reduce((sum, units) => sum + units, 0) + this.inFlight();

  /** What the message that the mirror points to shows. */
  shownNow(): Shown | undefined {
    const message = this.messages.find(({ id }) => id === this.state.mirror.ref?.['id']);
    // A message that was deleted after it had shown everything is nobody's debt.
    return message?.changes.at(-1)?.shown;
  }

  /** Gaps before updates that were sent neither for a change of severity nor for the close, in milliseconds. */
  plainUpdateGapsMs(): number[] {
    return this.messages.flatMap(({ changes }) =>
      changes.flatMap(({ plain, at }, index) => (plain ? [at - changes[index - 1]!.at] : [])),
    );
  }

  private now = (): Date => new Date(this.trueMs + this.offsetMs);

  /** As the intake does it in SQL. */
  private accept(event: Shown): void {
    if (this.issue.status === 'closed') return;
    this.issue = event;
    const { state } = this;
    const waits =
      state.dueAt !== null && event.status === 'open' && state.mirror.shown?.severity === event.severity;
    const stays = state.parked || state.failures > 0 || waits;
    this.state = {
      ...state,
      acceptedSeq: event.seq,
      owedSince: state.owedSince ?? this.now(),
      dueAt: stays || (state.dueAt && state.dueAt < this.now()) ? state.dueAt : this.now(),
    };
  }

  private mend(): void {
    this.blocked = false;
    if (this.state.parked) this.state = { ...this.state, parked: false, dueAt: this.now() };
  }

  private pass(ms: number): void {
    const end = this.trueMs + ms;
    while (this.trueMs < end) {
      const dueMs = this.state.dueAt ? this.state.dueAt.getTime() - this.offsetMs : end;
      this.trueMs = Math.min(end, Math.max(this.trueMs + 1, dueMs, this.leaseUntilMs));
      this.work();
    }
  }

  private work(): void {
    for (let step = 0; step < 6; step += 1) {
      const now = this.now();
      if (!this.state.dueAt || this.state.dueAt > now || this.trueMs < this.leaseUntilMs) return;
      const state = settleCrashed(this.state);
      if (this.state.call?.action === 'open') this.postsWithoutVerdict += 1;
      const integration = {
        active: true,
        blocked: this.blocked,
        throttledUntil: this.throttledUntil,
        hold: null,
        storm: false,
      };
      const decision = decide(state, this.issue, integration, now, RULES);
      if ('rest' in decision) {
        this.gaveUp = decision.rest.settled.rejected > state.settled.rejected;
        this.state = { ...decision.rest, call: null };
        return;
      }
      if ('absorb' in decision) throw new Error('There are no storms here');
      if (!this.call(decision.state, decision.call, now)) return;
    }
  }

  /** False when the worker died. */
  private call(state: DeliveryState, step: CallStep, now: Date): boolean {
    const action = step.do === 'post' || step.do === 'repost' ? 'open' : step.do;
    const begun: DeliveryState = { ...state, call: { action, shows: this.issue, startedAt: now } };
    const crash = this.crashes.shift();
    if (crash) {
      if (crash === 'after-call') this.effect(begun, step);
      this.leaseUntilMs = this.trueMs + LEASE_MS;
      this.state = { ...begun, dueAt: new Date(now.getTime() + LEASE_MS) };
      return false;
    }
    const context = { now, random: () => 0.5, readsBack: false };
    if (step.do === 'recover') {
      const recovery = this.search(begun);
      const outcome: Outcome = { kind: 'delivered', ref: {} };
      this.state = settle(begun, { outcome, recovery }, context);
    } else {
      const outcome = this.answer(begun, step);
      if (outcome.kind === 'unauthorized') this.blocked = true;
      if (outcome.kind === 'throttled') this.throttledUntil = new Date(now.getTime() + outcome.waitMs);
      if (outcome.kind === 'ambiguous' && action === 'open') this.postsWithoutVerdict += 1;
      this.state = settle(begun, { outcome }, context);
    }
    return true;
  }

  private answer(state: DeliveryState, step: CallStep): Outcome {
    const note = { code: 'test', reason: 'as scripted' };
    const fault = this.faults.shift();
    switch (fault) {
      case 'throttled':
        return { kind: 'throttled', waitMs: 30_000, ...note };
      case 'transient':
      case 'unauthorized':
        return { kind: fault, ...note };
      case 'lost-request':
        return { kind: 'ambiguous', ...note };
      case 'lost-answer':
        this.effect(state, step);
        return { kind: 'ambiguous', ...note };
      case undefined:
        return this.effect(state, step);
    }
  }

  private effect(state: DeliveryState, step: CallStep): Outcome {
    const plain = step.do === 'update' && state.mirror.shown?.severity === this.issue.severity;
    const change = { at: this.trueMs, shown: this.issue, plain };
    if (step.do === 'post' || step.do === 'repost') {
      const message = {
        id: `m${this.messages.length}`,
        marked: step.possibleDuplicate,
        changes: [change],
        deleted: false,
      };
      this.messages.push(message);
      return { kind: 'delivered', ref: { id: message.id } };
    }
    const message = this.messages.find(({ id }) => id === state.mirror.ref?.['id']);
    if (!message || message.deleted)
      return { kind: 'gone', what: 'message', code: 'gone', reason: 'deleted' };
    message.changes.push(change);
    return { kind: 'delivered', ref: { id: message.id } };
  }

  private search(state: DeliveryState): Recovery {
    if (!this.options.maySearch) return { kind: 'unable' };
    const since = state.mirror.unknown!.since.getTime() - this.offsetMs;
    const found = this.messages.findLast(
      ({ deleted, changes }) => !deleted && changes[0]!.at >= since - 60_000,
    );
    return found ? { kind: 'found', ref: { id: found.id } } : { kind: 'absent' };
  }
}
