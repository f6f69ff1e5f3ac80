/** About one message a second and channel (https://docs.slack.dev/apis/web-api/rate-limits, read 2026-11-20). */
const POST_GAP_MS = 1_000;
/** Two requests that left in time may arrive this much closer. */
const TOLERANCE_MS = 20;
/** Tier 3 (the same page): 50 and more a minute, per app, all channels together. */
const UPDATES_PER_MINUTE = 50;
const MINUTE_MS = 60_000;
/** A caller that keeps to no pace at all does not fill the memory. */
const KEPT = 1_000;

/** A call that Slack took, but that came sooner than its documentation allows. */
export interface PaceViolation {
  readonly at: Date;
  readonly method: 'chat.postMessage' | 'chat.update';
  /** The channel posted to, or the identity that updated. */
  readonly of: string;
  /** `posted 312 ms after the post before`. */
  readonly what: string;
}

/** Watches whether callers keep to Slack's pace. Refuses nothing: plan a `rate-limit` fault for that. */
export class PaceWatch {
  #violations: PaceViolation[] = [];
  readonly #lastPosts = new Map<string, number>();
  readonly #updates = new Map<string, number[]>();

  /** The first 1,000, oldest first. */
  get violations(): readonly PaceViolation[] {
    return this.#violations;
  }

  /** A post was taken. `now` is in milliseconds, on a clock that nobody sets. */
  posted(channel: string, now = performance.now()): void {
    const last = this.#lastPosts.get(channel);
    this.#lastPosts.set(channel, now);
    if (last === undefined || now - last >= POST_GAP_MS - TOLERANCE_MS) return;
    this.#add('chat.postMessage', channel, `posted ${Math.round(now - last)} ms after the post before`);
  }

  /** An update was taken. */
  updated(identity: string, now = performance.now()): void {
    const within = (this.#updates.get(identity) ?? []).filter((at) => at > now - MINUTE_MS);
    within.push(now);
    this.#updates.set(identity, within.slice(-UPDATES_PER_MINUTE));
    if (within.length <= UPDATES_PER_MINUTE) return;
    this.#add('chat.update', identity, `more than ${UPDATES_PER_MINUTE} updates within a minute`);
  }

  clear(): void {
    this.#violations = [];
    this.#lastPosts.clear();
    this.#updates.clear();
  }

  #add(method: PaceViolation['method'], of: string, what: string): void {
    if (this.#violations.length < KEPT) this.#violations.push({ at: new Date(), method, of, what });
  }
}
