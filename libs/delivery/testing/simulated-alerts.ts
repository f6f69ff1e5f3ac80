import { SEVERITIES, type Outcome, type RemoteRef, type Severity } from '../../domain/index.js';
import {
  AS_SCRIPTED,
  INTERVAL_MS,
  type SimulatedRequest,
  type SimulatedSink,
  type SimulatedTime,
} from './simulated-world.js';

/**
 * What becomes of a request that was taken: judged late, refused, lost within the sink, or done and never reported; then the
 * question has no answer yet, none that can be read, or the answer that nothing is known of it.
 */
export type VerdictFault = 'late' | 'refused' | 'lost' | 'unreported' | 'unreadable' | 'forgotten';

export interface SimulatedAlert {
  readonly subjectId: string;
  open: boolean;
  /** The worst it was told, and the last. */
  severity: Severity;
  lastSeverity: Severity;
  endedByHand: boolean;
  /** How often it was opened again behind our back. */
  reopenings: number;
}

interface TakenRequest extends SimulatedRequest {
  readonly id: string;
  readonly at: number;
  readonly processAt: number;
  readonly fault: VerdictFault | undefined;
  /** The hub has its receipt. */
  readonly answered: boolean;
  processed: boolean;
  verdict: Outcome | null;
  /** The hub has its verdict. */
  known: boolean;
  /** When it arrived, by the hub's clock. */
  readonly sentAt: Date;
}

const NO_VERDICT = { kind: 'ambiguous', code: 'accepted', reason: 'not judged yet' } as const;
/** After that the hub need not wait for a verdict any more. */
const PATIENCE_MS = 10 * 60_000;

/** A sink like OpsGenie: keyed by the subject, taking requests now and judging them later, in order of arrival per key. */
export class SimulatedAlerts implements SimulatedSink {
  readonly rules = { updateIntervalMs: INTERVAL_MS, keyed: true, showsClosed: false };
  readonly readsBack = true;
  readonly alerts: SimulatedAlert[] = [];
  readonly requests: TakenRequest[] = [];
  readonly verdictFaults: VerdictFault[] = [];
  /** How long after its close an alert is opened again, for each time that is to happen. */
  readonly reopenAfterMs: number[] = [];
  readonly complaints: string[] = [];
  /** What a person had ended, and was opened anew although it had not got worse. */
  readonly pagedAgain: string[] = [];
  private readonly agenda: { readonly at: number; readonly alert: SimulatedAlert }[] = [];

  constructor(private readonly time: SimulatedTime) {}

  take(request: SimulatedRequest, answered: boolean): Outcome {
    this.process();
    const { subjectId, action, shows } = request;
    const earlier = this.requests.filter((other) => other.subjectId === subjectId);
    if (earlier.some((other) => this.isAwaited(other)))
      this.complaints.push(`${action} of ${subjectId} was sent while a verdict was awaited`);
    if (action === 'open' && shows.status === 'closed')
      this.complaints.push(`${subjectId} was closed and paged`);
    const fault = this.verdictFaults.shift();
    const at = this.time.trueMs;
    const processAt = Math.max(at + (fault === 'late' ? 90_000 : 800), earlier.at(-1)?.processAt ?? 0);
    const id = `r${this.requests.length}`;
    const unjudged = { processed: false, verdict: null, known: false, sentAt: this.time.now() };
    this.requests.push({ ...request, id, at, processAt, fault, answered, ...unjudged });
    return { ...NO_VERDICT, receipt: { id } };
  }

  confirm({ id }: RemoteRef, answered: boolean): Outcome {
    this.process();
    const request = this.requests.find((taken) => taken.id === id)!;
    if (request.fault === 'unreadable') return { kind: 'transient', ...AS_SCRIPTED };
    if (!request.verdict && request.fault !== 'forgotten')
      return { ...NO_VERDICT, receipt: { id: request.id } };
    request.known ||= answered;
    if (!request.verdict) return { kind: 'ambiguous', ...AS_SCRIPTED };
    return request.verdict;
  }

  readBack(subjectId: string): 'open' | 'closed' {
    this.process();
    return this.openOf(subjectId).length > 0 ? 'open' : 'closed';
  }

  recover(): never {
    throw new Error('It is keyed: nothing is searched for');
  }

  endAllByHand(): void {
    this.process();
    for (const alert of this.alerts.filter(({ open }) => open))
      Object.assign(alert, { open: false, endedByHand: true });
  }

  openOf(subjectId: string): SimulatedAlert[] {
    this.process();
    return this.alerts.filter((alert) => alert.subjectId === subjectId && alert.open);
  }

  lastOf = (subjectId: string): SimulatedAlert | undefined =>
    this.alerts.findLast((alert) => alert.subjectId === subjectId);

  plainUpdateGapsMs(): number[] {
    const told = this.requests.filter(({ fault }) => fault !== 'refused');
    return told.flatMap(({ plain, at, subjectId }, index) => {
      const before = told.slice(0, index).findLast((other) => other.subjectId === subjectId);
      return plain && before ? [at - before.at] : [];
    });
  }

  private isAwaited = ({ answered, known, sentAt }: TakenRequest): boolean =>
    answered && !known && this.time.trueMs + this.time.aheadMs - sentAt.getTime() < PATIENCE_MS;

  private process(): void {
    const due = this.requests
      .filter(
        ({ processed, processAt, fault }) => !processed && processAt <= this.time.trueMs && fault !== 'lost',
      )
      .map((request) => ({ at: request.processAt, run: () => this.judge(request) }));
    const reopened = this.agenda
      .splice(0)
      .map(({ at, alert }) => ({ at, run: () => this.reopen(at, alert) }));
    for (const { run } of [...due, ...reopened].toSorted((one, other) => one.at - other.at)) run();
  }

  private reopen(at: number, alert: SimulatedAlert): void {
    if (at > this.time.trueMs) this.agenda.push({ at, alert });
    else if (!alert.open) Object.assign(alert, { open: true, reopenings: alert.reopenings + 1 });
  }

  private judge(request: TakenRequest): void {
    request.processed = true;
    const verdict: Outcome =
      request.fault === 'refused' ? { kind: 'rejected', ...AS_SCRIPTED } : this.effect(request);
    if (request.fault !== 'unreported' && request.fault !== 'forgotten') request.verdict = verdict;
  }

  private effect({ subjectId, action, shows, processAt }: TakenRequest): Outcome {
    const alert = this.alerts.find((other) => other.subjectId === subjectId && other.open);
    const { severity } = shows;
    const done: Outcome = { kind: 'delivered', ref: { alias: subjectId } };
    if (action === 'open' && !alert) {
      const ended = this.lastOf(subjectId);
      if (ended && !isWorse(severity, ended.lastSeverity)) this.pagedAgain.push(subjectId);
      this.alerts.push({
        subjectId,
        open: true,
        severity,
        lastSeverity: severity,
        endedByHand: false,
        reopenings: 0,
      });
    }
    if (!alert) return action === 'open' ? done : { kind: 'gone', what: 'ended', ...AS_SCRIPTED };
    if (isWorse(severity, alert.severity)) alert.severity = severity;
    alert.lastSeverity = severity;
    if (action !== 'close') return done;
    alert.open = false;
    const afterMs = this.reopenAfterMs.shift();
    if (afterMs !== undefined) this.agenda.push({ at: processAt + afterMs, alert });
    return done;
  }
}

const isWorse = (severity: Severity, than: Severity): boolean =>
  SEVERITIES.indexOf(severity) > SEVERITIES.indexOf(than);
