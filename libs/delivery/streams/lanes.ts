import type { Clock } from '../../domain/index.js';
import type { IntegrationEntity, StreamStretch } from '../../persistence/index.js';
import { streamTraitsOf, type Parcel, type StreamLine } from '../../sinks/index.js';
import type { Random } from '../backoff.js';
import type { CursorHolder } from './cursor-holder.js';
import { parcelEnd } from './parcel-end.js';
import type { StreamCaller } from './stream-caller.js';
import type { StreamHealth } from './stream-health.js';

export interface LaneParts {
  readonly caller: StreamCaller;
  readonly health: StreamHealth;
  readonly clock: Clock;
  readonly random: Random;
}

export interface LaneRun {
  readonly line: StreamLine;
  readonly integration: IntegrationEntity;
  readonly holder: CursorHolder;
  readonly stretch: StreamStretch;
  readonly signal: AbortSignal;
}

/** How a stretch's calls ended. */
export interface LanesEnd {
  /** How long to wait before what is left is tried again, in milliseconds; null when nothing is left of it. */
  readonly waitMs: number | null;
  readonly isFailure: boolean;
  /** Lanes whose last call got no verdict. */
  readonly doubtfulLanes: readonly string[];
  /** Until the integration is mended. */
  readonly isParked: boolean;
}

/** Sends parcels lane by lane, each lane in its order, and records each as it ends. */
export class Lanes {
  private waitMs: number | null = null;
  private isFailure = false;
  private readonly doubtful: Set<string>;
  private isParked = false;
  /** No lane has anything to hope for any more. */
  private isOver = false;

  constructor(
    private readonly parts: LaneParts,
    private readonly run: LaneRun,
  ) {
    this.doubtful = new Set(run.holder.cursor.doubtfulLanes);
  }

  /** Resolves when no call is under way any more. Throws what a lane threw, such as `CursorLost`. */
  async send(parcels: readonly Parcel[]): Promise<LanesEnd> {
    const lanes = Map.groupBy(parcels, ({ lane }) => lane);
    const ended = await Promise.allSettled([...lanes.values()].map((lane) => this.sendLane(lane)));
    for (const one of ended) if (one.status === 'rejected') throw one.reason;
    const { waitMs, isFailure, isParked } = this;
    return { waitMs, isFailure, doubtfulLanes: [...this.doubtful], isParked };
  }

  private async sendLane(parcels: readonly Parcel[]): Promise<void> {
    const left = [...parcels];
    while (left.length > 0) {
      if (this.isOver || this.run.signal.aborted) return this.wait(0);
      const goesOn = await this.sendOne(left.shift()!, left).catch((error: unknown) => {
        this.isOver = true;
        throw error;
      });
      if (!goesOn) return;
    }
  }

  private async sendOne(parcel: Parcel, left: Parcel[]): Promise<boolean> {
    const { line, integration, holder, stretch } = this.run;
    const { caller, health, clock, random } = this.parts;
    if (!(await holder.keep(integration.updatedAt))) {
      this.isOver = true;
      this.wait(0);
      return false;
    }
    const { outcome } = await caller.send(line, parcel, integration, holder.cursor);
    const { failures, failingSince } = holder.setbacks;
    const traits = streamTraitsOf(integration.sink);
    const isDoubtful = this.doubtful.has(parcel.lane);
    const situation = { traits, failures, failingSince, isDoubtful, now: clock.now(), random };
    const end = parcelEnd(outcome, parcel, situation);
    if (outcome.kind === 'ambiguous') this.doubtful.add(parcel.lane);
    else this.doubtful.delete(parcel.lane);
    // First what is settled: a crash from here on sends nothing twice.
    if (end.kind === 'settled') await holder.settle(end.ended, parcel.memory, stretch);
    const isFailing = end.kind === 'split' ? false : await health.absorb(integration, outcome);
    switch (end.kind) {
      case 'settled':
        return true;
      case 'split':
        left.unshift(...line.split(parcel));
        return true;
      case 'waits':
        this.isFailure ||= end.isFailure;
        this.isOver ||= end.forAll;
        this.wait(end.waitMs);
        return false;
      case 'parked':
        this.isOver = true;
        this.isParked = isFailing;
        // Otherwise it was edited meanwhile, and is tried as it is now.
        this.wait(0);
        return false;
    }
  }

  private wait(ms: number): void {
    this.waitMs = Math.max(this.waitMs ?? 0, ms);
  }
}
