import { cut, cleaned } from './template.js';
import { MAX_MESSAGE_CHARACTERS } from './judge.js';

const MINUTE_MS = 60_000;

/** What a rule remembers of the notifications that it raised. */
export interface Raised {
  readonly maxPerMinute: number;
  /** When the last ones were raised, in milliseconds since 1970. */
  readonly recentMs: readonly number[];
  readonly heldBack: number;
  readonly heldSince: Date | null;
}

/** What may be raised now. */
export interface Allowed {
  /** So many of the events, the first ones. */
  readonly count: number;
  /** How many were held back before and are told with the first of them, and since when; undefined when none were. */
  readonly told: { readonly count: number; readonly since: Date } | undefined;
  readonly after: Omit<Raised, 'maxPerMinute'>;
}

/** Pure. Of so many events; `most` is what there is room for otherwise. Within any minute no more than `maxPerMinute` are raised. */
export function allow(raised: Raised, events: number, most: number, now: Date): Allowed {
  const nowMs = now.getTime();
  // Clocks of several processes differ: what seems to be of the next minute is of now. One that was far ahead silences no rule.
  const recentMs = raised.recentMs.filter((ms) => Math.abs(nowMs - ms) < MINUTE_MS);
  const count = Math.max(0, Math.min(events, most, raised.maxPerMinute - recentMs.length));
  const { heldBack, heldSince } = raised;
  const told = count > 0 && heldBack > 0 ? { count: heldBack, since: heldSince ?? now } : undefined;
  const held = (count > 0 ? 0 : heldBack) + events - count;
  return {
    count,
    told,
    after: {
      recentMs: [...recentMs, ...Array.from({ length: count }, () => nowMs)],
      heldBack: held,
      heldSince: held === 0 ? null : count > 0 ? now : (heldSince ?? now),
    },
  };
}

/** The message with what was held back before it; the message is cut rather than that. */
export function withHeldBack(message: string, { count, since }: NonNullable<Allowed['told']>): string {
  const more = `\n(and ${count} more since ${since.toISOString().slice(11, 16)} UTC)`;
  return cleaned(`${cut(message, MAX_MESSAGE_CHARACTERS - more.length)}${more}`);
}
