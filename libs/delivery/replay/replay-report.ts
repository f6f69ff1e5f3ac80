import type { ReplayDeed } from './replay-step.js';

const ITEMS_AT_MOST = 100;

export interface ReplayItem {
  /** Null in a dry run for what was never owed. */
  readonly deliveryId: string | null;
  readonly subject: { readonly type: string; readonly id: string };
  readonly do: ReplayDeed;
  readonly reason: string;
}

export interface ReplayAnswer {
  readonly dryRun: boolean;
  readonly counts: Readonly<Record<ReplayDeed, number>>;
  /** The first of them. */
  readonly items: readonly ReplayItem[];
  /** There was more than one request looks at: ask again with `after` set to `next`. */
  readonly more: boolean;
  readonly next: string | null;
}

/** Sums up what a replay does, or would do. */
export class ReplayReport {
  private readonly counts: Record<ReplayDeed, number> = {
    post: 0,
    update: 0,
    close: 0,
    send: 0,
    nothing: 0,
    busy: 0,
  };
  private readonly items: ReplayItem[] = [];

  add(items: readonly ReplayItem[]): void {
    for (const item of items) this.counts[item.do] += 1;
    this.items.push(...items.slice(0, ITEMS_AT_MOST - this.items.length));
  }

  answer(dryRun: boolean, next: string | null): ReplayAnswer {
    return { dryRun, counts: this.counts, items: this.items, more: next !== null, next };
  }
}
