import { onUntil, windowTimes } from './hold-of.js';
import type { ReadHold } from './hold-reading.js';
import { nextOccurrence, occurrenceAt, type Occurrence } from './window-times.js';

const UNITS = { d: 86_400_000, h: 3_600_000, m: 60_000 } as const;

/** A silence as it is shown. */
export function silenceView(read: ReadHold) {
  const { fromAt, untilAt } = read.hold;
  return {
    ...common(read),
    from: fromAt.toISOString(),
    until: untilAt?.toISOString() ?? null,
  };
}

/** A maintenance window as it is shown, with the occurrence that is on and the one after it. */
export function windowView(read: ReadHold) {
  const { hold, now } = read;
  const times = hold.endedAt ? undefined : windowTimes(hold);
  const current = times ? occurrenceAt(times, now) : null;
  const next = times ? nextOccurrence(times, now) : null;
  return {
    ...common(read),
    cron: hold.cron,
    timeZone: hold.timeZone,
    duration: durationText(hold.durationMs ?? 0),
    from: hold.fromAt.toISOString(),
    until: hold.untilAt?.toISOString() ?? null,
    active: current !== null,
    current: occurrenceView(current),
    next: occurrenceView(next),
  };
}

function common({ hold, heldBack, now }: ReadHold) {
  const { id, matcher, reason, author, createdAt, updatedAt } = hold;
  return {
    id,
    status: statusOf(hold, now),
    matcher,
    reason,
    author,
    heldBack,
    created: createdAt.toISOString(),
    updated: updatedAt.toISOString(),
  };
}

function statusOf(hold: ReadHold['hold'], now: Date): 'pending' | 'active' | 'ended' {
  if (hold.endedAt || (hold.untilAt && hold.untilAt <= now)) return 'ended';
  return onUntil(hold, now) ? 'active' : 'pending';
}

const occurrenceView = (occurrence: Occurrence | null) =>
  occurrence && { from: occurrence.from.toISOString(), until: occurrence.until.toISOString() };

/** In the largest unit that says it without a rest: `90m`, `2h`. */
function durationText(durationMs: number): string {
  const unit = Object.entries(UNITS).find(([, ms]) => durationMs % ms === 0);
  return unit ? `${durationMs / unit[1]}${unit[0]}` : `${durationMs / 1_000}s`;
}
