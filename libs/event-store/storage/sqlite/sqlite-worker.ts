import { once } from 'node:events';
import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import { StorageRefused, StorageUnavailable } from '../storage-backend.js';
import type { SqliteObjection, SqliteReply, SqliteRequest, SqliteThreadSettings } from './sqlite-protocol.js';

const PROGRAM = new URL(`./sqlite-thread${extname(import.meta.url)}`, import.meta.url);

interface Waiting {
  resolve(reply: SqliteReply): void;
  reject(error: Error): void;
}
type WithoutId<Request> = Request extends unknown ? Omit<Request, 'id'> : never;
/** A request; which number it has is the worker's matter. */
export type SqliteQuestion = WithoutId<SqliteRequest>;

/** Why a file could not be opened. */
export class SqliteOpenFailed extends Error {
  constructor(readonly objection: SqliteObjection) {
    super(objection.message);
    this.name = 'SqliteOpenFailed';
  }
}

/** One thread, from its start to its end. */
export class SqliteWorker {
  readonly opened: Promise<void>;
  private hasFailed = false;
  private hasEnded = false;
  private isClosing = false;
  private lastId = 0;
  private endReason = 'it ended by itself';
  private readonly waiting = new Map<number, Waiting>();
  private readonly thread: Worker;

  constructor(settings: SqliteThreadSettings, onLost: (reason: string) => void) {
    // Of the process's own options none is for this program; without the warning that node:sqlite may still change.
    const execArgv = ['--disable-warning=ExperimentalWarning'];
    this.thread = new Worker(PROGRAM, { workerData: settings, execArgv, name: 'sqlite' });
    this.opened = this.opening();
    // Whoever asks learns of it; nobody need wait for the opening alone.
    this.opened.catch(() => undefined);
    this.thread.on('message', (reply: SqliteReply) => this.settle(reply));
    this.thread.on('error', (error: Error) => (this.endReason = error.message));
    this.thread.on('exit', () => this.end(onLost));
  }

  /** Whether it may be asked; else there is need of another one. */
  get isUsable(): boolean {
    return !this.hasEnded && !this.hasFailed;
  }

  get load(): number {
    return this.waiting.size;
  }

  async ask(request: SqliteQuestion): Promise<SqliteReply> {
    try {
      await this.opened;
    } catch (error) {
      if (error instanceof SqliteOpenFailed) throw failureToOpen(error);
      throw error;
    }
    if (this.hasEnded) throw this.lost();
    const id = (this.lastId += 1);
    return new Promise((resolve, reject) => {
      try {
        const numbered: SqliteRequest = { ...request, id };
        // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, no window
        this.thread.postMessage(numbered);
        this.waiting.set(id, { resolve, reject });
      } catch (error) {
        reject(new StorageRefused((error as Error).message, { cause: error }));
      }
    });
  }

  async close(): Promise<void> {
    this.isClosing = true;
    if (this.hasEnded) return;
    const exit = once(this.thread, 'exit');
    const reply = await this.ask({ kind: 'close' }).catch(() => undefined);
    if (!reply || reply.objection) await this.thread.terminate();
    await exit;
  }

  private async opening(): Promise<void> {
    const { objection } = await new Promise<SqliteReply>((resolve, reject) => {
      this.waiting.set(0, { resolve, reject });
    });
    if (objection) throw new SqliteOpenFailed(objection);
  }

  private settle(reply: SqliteReply): void {
    const waiting = this.waiting.get(reply.id);
    this.waiting.delete(reply.id);
    // It has nothing to do then, and ends.
    if (reply.id === 0 && reply.objection) this.hasFailed = this.isClosing = true;
    waiting?.resolve(reply);
  }

  private end(onLost: (reason: string) => void): void {
    this.hasEnded = true;
    if (!this.isClosing) onLost(this.endReason);
    for (const waiting of this.waiting.values()) waiting.reject(this.lost());
    this.waiting.clear();
  }

  private lost(): StorageUnavailable {
    return new StorageUnavailable(`The thread of the SQLite file was lost: ${this.endReason}.`);
  }
}

const failureToOpen = (error: SqliteOpenFailed): StorageUnavailable =>
  new StorageUnavailable(`The SQLite file cannot be opened: ${error.message}`, { cause: error });
