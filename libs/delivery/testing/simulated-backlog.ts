import { SEVERITIES, type Severity } from '../../domain/index.js';
import type { IntegrationView } from '../decide.js';
import { settleUpTo, type DeliveryState, type Shown } from '../delivery-state.js';
import type { Hold } from '../holds/hold.js';
import { owe } from './simulated-intake.js';
import { SimulatedStorms } from './simulated-storms.js';
import type { SimulatedSubject, SimulatedTime } from './simulated-world.js';

/** What one imagined integration owes, and what keeps it from paying: the part of the stores, of health and of holds. */
export class SimulatedBacklog {
  readonly deliveries = new Map<string, DeliveryState>();
  readonly storms: SimulatedStorms;
  minimumSeverity: Severity | null = null;
  failing = false;
  paused = false;
  /** False while it is turned to another source. */
  active = true;
  protected throttledUntil: Date | null = null;
  protected readonly leases = new Map<string, number>();
  private probed: string | null = null;

  constructor(
    protected readonly time: SimulatedTime,
    protected readonly subjects: ReadonlyMap<string, SimulatedSubject>,
    private readonly silence: () => Hold | null,
    stormThreshold: number,
  ) {
    this.storms = new SimulatedStorms(this.deliveries, subjects, time, stormThreshold);
  }

  accept(id: string, event: Shown): void {
    if (!this.active) return;
    if (!this.deliveries.has(id)) this.storms.created(id);
    this.deliveries.set(id, owe(this.deliveries.get(id), event, this.time.now()));
  }

  /** When, in true time, something is to be done next. */
  nextMs(): number {
    const times = [...this.deliveries].map(([id, { dueAt }]) =>
      dueAt ? Math.max(this.time.trueMsOf(dueAt), this.leases.get(id) ?? 0) : Infinity,
    );
    return Math.min(Infinity, ...times);
  }

  mended(): void {
    this.failing = false;
    this.probed = null;
    this.unpark();
  }

  resume(): void {
    this.paused = false;
    if (!this.failing) this.unpark();
  }

  /** Lets one parked delivery of a failing integration through. */
  probe(): void {
    const parked = [...this.deliveries].find(([, state]) => state.parked);
    if (!this.failing || !parked) return;
    const [id, state] = parked;
    this.probed = id;
    this.deliveries.set(id, { ...state, dueAt: this.time.now() });
  }

  /** What is held back by this is looked at again now. */
  released(by: string): void {
    for (const [id, state] of this.deliveries)
      if (state.held?.by === by) this.deliveries.set(id, { ...state, dueAt: this.time.now() });
  }

  holdOf({ type, shown }: SimulatedSubject): Hold | null {
    if (type === 'storm') return null;
    const { minimumSeverity } = this;
    if (minimumSeverity && SEVERITIES.indexOf(shown.severity) < SEVERITIES.indexOf(minimumSeverity))
      return { by: 'filter', type: 'filter', until: null, reason: 'Too harmless.' };
    return this.silence();
  }

  /** Units of all deliveries: accepted, and where they are. */
  ledger(): { accepted: number; ended: number; parked: number; inFlight: number; rejected: number } {
    const sums = { accepted: 0, ended: 0, parked: 0, inFlight: 0, rejected: 0 };
    for (const [id, state] of this.deliveries) {
      if (!this.subjects.has(id)) continue;
      const owed = state.acceptedSeq - state.settledSeq;
      sums.accepted += state.acceptedSeq - state.firstSeq + 1;
      sums.ended += Object.values(state.settled).reduce((sum, units) => sum + units, 0);
      sums[state.parked ? 'parked' : 'inFlight'] += owed;
      sums.rejected += state.settled.rejected;
    }
    return sums;
  }

  protected viewOf(subject: SimulatedSubject): IntegrationView {
    return {
      active: this.active,
      blocked: this.paused || (this.failing && this.probed !== subject.id),
      throttledUntil: this.throttledUntil,
      hold: this.holdOf(subject),
      storm: this.probed !== subject.id && this.storms.rages(subject),
    };
  }

  /** As `BacklogStore.suppressAll`. */
  withdraw(): void {
    this.active = false;
    const ended = { parked: false, failures: 0, dueAt: null, owedSince: null } as const;
    for (const [id, state] of this.deliveries)
      if (state.settledSeq < state.acceptedSeq)
        this.deliveries.set(id, {
          ...settleUpTo(state, state.acceptedSeq, 'suppressed', this.time.now()),
          ...ended,
        });
  }

  private unpark(): void {
    const now = this.time.now();
    for (const [id, state] of this.deliveries)
      if (state.parked) this.deliveries.set(id, { ...state, parked: false, dueAt: now, owedSince: now });
      else if (state.failures > 0 && state.dueAt) this.deliveries.set(id, { ...state, dueAt: now });
  }
}
