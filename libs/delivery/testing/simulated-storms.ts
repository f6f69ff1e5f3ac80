import { SEVERITIES } from '../../domain/index.js';
import { settleUpTo, type DeliveryState, type Shown } from '../delivery-state.js';
import { MAX_AGE_MS } from '../settle-call.js';
import { NEW_DELIVERY } from './simulated-intake.js';
import type { SimulatedSubject, SimulatedTime } from './simulated-world.js';

const WITHIN_MS = 60_000;
/** Least time between two plain updates of a summary. */
export const STORM_INTERVAL_MS = 5_000;

/** Storms of one imagined integration, as `Storms` and `StormStore` have them: a summary is a delivery like any other. */
export class SimulatedStorms {
  /** Summaries by their ids. */
  readonly summaries = new Map<string, SimulatedSubject>();
  private raging: { id: string; until: Date } | null = null;
  private readonly toldAs = new Map<string, number>();
  private readonly createdAt = new Map<string, Date>();

  constructor(
    private readonly deliveries: Map<string, DeliveryState>,
    private readonly subjects: ReadonlyMap<string, SimulatedSubject>,
    private readonly time: SimulatedTime,
    private readonly threshold: number,
  ) {}

  created(id: string): void {
    this.createdAt.set(id, this.time.now());
  }

  /** What the summary shows of each of its members. */
  listOf(id: string): ReadonlyMap<string, Shown> {
    return new Map(this.membersOf(id).map((member) => [member, this.subjects.get(member)!.shown]));
  }

  /** The summary as it is now. */
  refresh(id: string): SimulatedSubject {
    const summary = this.summaries.get(id)!;
    const all = [...this.listOf(id).values()];
    const open = all.filter(({ status }) => status === 'open');
    const worst = Math.max(
      0,
      ...(open.length > 0 ? open : all).map(({ severity }) => SEVERITIES.indexOf(severity)),
    );
    const seq = this.deliveries.get(id)!.acceptedSeq;
    summary.shown = { seq, status: open.length > 0 ? 'open' : 'closed', severity: SEVERITIES[worst]! };
    return summary;
  }

  rages({ id, type, shown }: SimulatedSubject): boolean {
    if (type !== 'issue' || shown.severity === 'critical' || this.threshold === 0) return false;
    if (this.deliveries.get(id)!.stormId) return true;
    return this.current() !== null || this.isFlooded();
  }

  takeIn(id: string, state: DeliveryState): void {
    const known = state.stormId ?? this.current()?.id;
    const stormId = known && !(this.current()?.id === known && this.isFlooded()) ? known : this.rage();
    this.toldAs.set(id, this.tell(stormId, this.subjects.get(id)!.shown.status === 'closed'));
    this.deliveries.set(id, { ...state, stormId, dueAt: null });
  }

  /** Something that the summary has to show has changed. Resolves with the number of the event. */
  tell(id: string, news: boolean): number {
    const state = this.deliveries.get(id)!;
    const now = this.time.now();
    const { dueAt, parked, failures } = state;
    const stays = parked || (dueAt !== null && (failures > 0 || !news));
    const acceptedSeq = state.acceptedSeq + 1;
    const earlier = dueAt && dueAt < now ? dueAt : now;
    const owedSince = state.owedSince ?? now;
    this.deliveries.set(id, { ...state, acceptedSeq, owedSince, dueAt: stays ? dueAt : earlier });
    return acceptedSeq;
  }

  /** What became of a summary means the same for the members that it knew as they are. */
  settled(id: string, before: DeliveryState, next: DeliveryState): void {
    if (isFailed(before, next)) return this.giveUp(id, before, next);
    if (next.mirror.shown?.status === 'closed' && this.raging?.id === id) this.raging = null;
    for (const member of this.membersOf(id)) {
      const state = this.deliveries.get(member)!;
      if (state.dueAt || state.parked || state.settledSeq >= state.acceptedSeq) continue;
      if (next.parked) this.deliveries.set(member, { ...state, parked: true });
      else if (next.settledSeq > before.settledSeq && this.toldAs.get(member)! <= next.settledSeq)
        this.deliveries.set(
          member,
          settleUpTo(state, state.acceptedSeq, next.lastEnd ?? 'delivered', this.time.now()),
        );
    }
  }

  /** A summary that was not shown leaves its members free; when nobody knows whether it was, they have another. */
  private giveUp(id: string, before: DeliveryState, next: DeliveryState): void {
    const now = this.time.now();
    if (this.raging?.id === id) this.raging = null;
    const wasRefused = next.mirror.refused !== before.mirror.refused;
    const failuresAtLeast = next.lastEnd === 'rejected' && !wasRefused ? 1 : 0;
    for (const member of this.membersOf(id)) {
      const state = { ...this.deliveries.get(member)!, stormId: null };
      const isKnown = !state.dueAt && !state.parked && this.toldAs.get(member)! <= next.settledSeq;
      const isMeant =
        isKnown &&
        state.failures >= failuresAtLeast &&
        (next.lastEnd !== 'expired' || isTooOld(state.owedSince, now));
      const free = isMeant
        ? { ...settleUpTo(state, state.acceptedSeq, next.lastEnd!, now), failures: 0 }
        : state;
      const isOwed = free.settledSeq < free.acceptedSeq;
      const dueAt = free.dueAt ?? (isOwed && !free.parked ? now : null);
      this.deliveries.set(member, { ...free, dueAt, failures: free.failures + (isOwed ? 1 : 0) });
    }
    const { acceptedSeq } = this.deliveries.get(id)!;
    this.deliveries.set(id, { ...next, acceptedSeq, settledSeq: acceptedSeq, owedSince: null, dueAt: null });
  }

  private membersOf = (id: string): string[] =>
    [...this.deliveries].flatMap(([member, { stormId }]) => (stormId === id ? [member] : []));

  private current(): { id: string; until: Date } | null {
    return this.raging && this.raging.until > this.time.now() ? this.raging : null;
  }

  private rage(): string {
    const id = this.current()?.id ?? `storm-${this.summaries.size}`;
    this.raging = { id, until: new Date(this.time.now().getTime() + WITHIN_MS) };
    if (!this.summaries.has(id)) {
      const shown: Shown = { seq: 0, status: 'open', severity: 'info' };
      this.summaries.set(id, { id, type: 'storm', shown });
      this.deliveries.set(id, NEW_DELIVERY);
    }
    return id;
  }

  private isFlooded(): boolean {
    const since = this.time.now().getTime() - WITHIN_MS;
    const flood = [...this.deliveries].filter(([id, { settled, owedSince, mirror }]) => {
      if (this.subjects.get(id)?.type !== 'issue' || settled.suppressed > 0) return false;
      const letGo = mirror.ref === null && owedSince !== null && owedSince.getTime() > since;
      return letGo || this.createdAt.get(id)!.getTime() > since;
    });
    return flood.length > this.threshold;
  }
}

const isFailed = (before: DeliveryState, { settledSeq, lastEnd, mirror }: DeliveryState): boolean =>
  settledSeq > before.settledSeq && (lastEnd === 'rejected' || lastEnd === 'expired') && mirror.ref === null;

const isTooOld = (owedSince: Date | null, now: Date): boolean =>
  owedSince !== null && now.getTime() - owedSince.getTime() >= MAX_AGE_MS;
