import { EventEmitter, once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { backoffMs, type Backoff } from './timing.js';
import { orAborted } from './waiting.js';

/** What became of a message: it is durable, it can never be stored, or it was given up at the end. */
export type Fate = 'stored' | 'refused' | 'left';

export interface Message {
  readonly subject: string;
  readonly body: Buffer;
  /** Called once. */
  readonly settle?: (fate: Fate) => void;
}

export interface PumpOptions {
  /** Stores a message, or says that it may be tried again. Never rejects; calls keep the order of messages. */
  readonly store: (message: Message) => Promise<'stored' | 'refused' | 'away'>;
  /** Of all messages that it holds. */
  readonly maxBytes: number;
  readonly againMs: Backoff;
}

/** A round goes into one or a few transactions, and is read in one turn of the event loop. */
const ROUND_MESSAGES = 500;
const ROUND_BYTES = 2 * 1_048_576;
/** What a message costs beside its body, roughly. */
const MESSAGE_BYTES = 300;

/**
 * Holds messages until they are stored, in their order: a round of them at a time, and none of a later round before the
 * earlier one is done. Tries again for as long as the storage is away.
 */
export class MessagePump {
  private readonly waiting: Message[] = [];
  private held = 0;
  private done: Promise<void> = Promise.resolve();
  private isWorking = false;
  private readonly deadline = new AbortController();
  private readonly rounds = new EventEmitter<{ done: [] }>();
  private left = 0;

  constructor(private readonly options: PumpOptions) {}

  /** Bytes of what it holds, with what the messages cost beside their bodies. */
  get bytes(): number {
    return this.held;
  }

  /** Resolves as soon as it holds no more than that, or the signal aborts. */
  async below(bytes: number, signal: AbortSignal): Promise<void> {
    while (this.held > bytes && !signal.aborted)
      await once(this.rounds, 'done', { signal }).catch(() => undefined);
  }

  /** Takes a message, unless there is no room for it. One that alone is larger than the bound is taken. */
  offer(message: Message): boolean {
    const size = sizeOf(message);
    if (this.held > 0 && this.held + size > this.options.maxBytes) return false;
    this.held += size;
    this.waiting.push(message);
    if (!this.isWorking) this.done = this.work();
    return true;
  }

  /** Resolves when nothing waits any more, or after `graceMs`: with how many messages were given up. */
  async finish(graceMs: number): Promise<number> {
    const timer = setTimeout(() => this.deadline.abort(), graceMs);
    await this.done;
    clearTimeout(timer);
    return this.left;
  }

  private async work(): Promise<void> {
    this.isWorking = true;
    // What comes in the same turn of the event loop goes together.
    await new Promise((resolve) => setImmediate(resolve));
    while (this.waiting.length > 0) {
      await this.storeRound(this.nextRound());
      this.rounds.emit('done');
    }
    this.isWorking = false;
  }

  private nextRound(): Message[] {
    let [count, bytes] = [0, 0];
    for (const { body } of this.waiting) {
      if (count > 0 && (count === ROUND_MESSAGES || bytes + body.length > ROUND_BYTES)) break;
      count += 1;
      bytes += body.length;
    }
    return this.waiting.splice(0, count);
  }

  private async storeRound(round: readonly Message[]): Promise<void> {
    const open = new Set(round);
    for (let failures = 0; open.size > 0;) {
      const before = open.size;
      const tries = Promise.all([...open].map((message) => this.try(message, open)));
      await orAborted(tries, this.deadline.signal);
      if (open.size === 0) return;
      failures = open.size < before ? 1 : failures + 1;
      const waitMs = backoffMs(failures, this.options.againMs);
      await pause(waitMs, undefined, { signal: this.deadline.signal }).catch(() => this.giveUp(open));
    }
  }

  private async try(message: Message, open: Set<Message>): Promise<void> {
    const fate = await this.options.store(message);
    if (fate !== 'away' && open.delete(message)) this.settle(message, fate);
  }

  private giveUp(open: Set<Message>): void {
    const messages = [...open, ...this.waiting.splice(0)];
    open.clear();
    this.left += messages.length;
    for (const message of messages) this.settle(message, 'left');
  }

  private settle(message: Message, fate: Fate): void {
    this.held -= sizeOf(message);
    message.settle?.(fate);
  }
}

const sizeOf = ({ body, subject }: Message): number => body.length + subject.length + MESSAGE_BYTES;
