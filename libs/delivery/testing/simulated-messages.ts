import type { Outcome } from '../../domain/index.js';
import type { Recovery } from '../../sinks/index.js';
import type { Shown } from '../delivery-state.js';
import {
  AS_SCRIPTED,
  INTERVAL_MS,
  type SimulatedRequest,
  type SimulatedSink,
  type SimulatedTime,
} from './simulated-world.js';

interface Change {
  readonly at: number;
  readonly shown: Shown;
  readonly plain: boolean;
  /** What a summary shows of the issues it stands for. */
  readonly lists: ReadonlyMap<string, Shown>;
}

export interface SimulatedMessage {
  readonly id: string;
  readonly subjectId: string;
  readonly marked: boolean;
  readonly changes: Change[];
  deleted: boolean;
}

/** A sink like Slack: what is posted has no key, can be changed in place, and may be searched for or not. */
export class SimulatedMessages implements SimulatedSink {
  readonly rules = { updateIntervalMs: INTERVAL_MS, keyed: false, showsClosed: true };
  readonly readsBack = false;
  readonly all: SimulatedMessage[] = [];
  listOf: (subjectId: string) => ReadonlyMap<string, Shown> = () => new Map();

  constructor(
    private readonly time: SimulatedTime,
    private readonly maySearch: boolean,
  ) {}

  take({ subjectId, action, ref, shows, plain, possibleDuplicate }: SimulatedRequest): Outcome {
    const change = { at: this.time.trueMs, shown: shows, plain, lists: this.listOf(subjectId) };
    if (action === 'open') {
      const id = `m${this.all.length}`;
      this.all.push({ id, subjectId, marked: possibleDuplicate, changes: [change], deleted: false });
      return { kind: 'delivered', ref: { id } };
    }
    const message = this.all.find(({ id }) => id === ref?.['id']);
    if (!message || message.deleted) return { kind: 'gone', what: 'message', ...AS_SCRIPTED };
    message.changes.push(change);
    return { kind: 'delivered', ref: { id: message.id } };
  }

  recover(subjectId: string, sinceMs: number): Recovery {
    if (!this.maySearch) return { kind: 'unable' };
    const found = this.live(subjectId).findLast(({ changes }) => changes[0]!.at >= sinceMs - 60_000);
    return found ? { kind: 'found', ref: { id: found.id } } : { kind: 'absent' };
  }

  confirm(): never {
    throw new Error('It gives its verdict at once');
  }

  readBack(): never {
    throw new Error('It is not read back');
  }

  deleteAll(): void {
    for (const message of this.all) message.deleted = true;
  }

  live = (subjectId: string): SimulatedMessage[] =>
    this.all.filter((message) => message.subjectId === subjectId && !message.deleted);

  /** What the message with this id shows, or last showed. */
  shownBy = (id: string | undefined): Change | undefined =>
    this.all.find((message) => message.id === id)?.changes.at(-1);

  /** Of issues and notifications; a summary may be changed more often. */
  plainUpdateGapsMs(): number[] {
    const single = this.all.filter(({ subjectId }) => !subjectId.startsWith('storm'));
    return single.flatMap(({ changes }) =>
      changes.flatMap(({ plain, at }, index) => (plain ? [at - changes[index - 1]!.at] : [])),
    );
  }
}
