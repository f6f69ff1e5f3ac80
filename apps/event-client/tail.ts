import { setTimeout as pause } from 'node:timers/promises';
import type { HttpConnection } from './arguments/connection.js';
import type { TailSettings } from './arguments/tail-arguments.js';
import { QueryClient } from './http/query-client.js';
import { listen } from './nats/listen.js';
import { Printer } from './output/printer.js';
import { Seen } from './output/seen.js';
import { Failed, type Terminal } from './terminal.js';

/** Senders' clocks may be ahead by a day: so far the event store believes them. */
const AHEAD_SECONDS = 86_400;
/** Messages that are known at a time; each takes some 200 bytes. */
const MAX_KNOWN = 1_000_000;

/** Prints messages as they come, until the terminal's signal aborts or `limit` are printed. Throws `Failed`. */
export async function runTail(settings: TailSettings, terminal: Terminal): Promise<void> {
  const { connection } = settings;
  try {
    await (connection.kind === 'nats'
      ? listen(connection, settings, terminal)
      : new Tail(connection, settings, terminal).run());
  } catch (error) {
    // That is how a tail ends.
    if (!terminal.signal.aborted) throw error;
  }
}

/** Reads the last moments again and again, and prints what was not there before. */
class Tail {
  private readonly client: QueryClient;
  private readonly printer: Printer;
  private readonly seen = new Seen();
  private left: number;
  /** A window begins where the one before did, or later: what is older was never known. */
  private from = -Infinity;

  constructor(
    connection: HttpConnection,
    private readonly settings: TailSettings,
    private readonly terminal: Terminal,
  ) {
    // It waits for a server that is away for as long as nobody ends it.
    this.client = new QueryClient({ ...connection, timeoutMs: Infinity }, terminal);
    this.printer = new Printer(terminal, settings.isJson);
    this.left = settings.limit;
  }

  async run(): Promise<void> {
    const { fromMs, intervalMs } = this.settings;
    await this.learnClock();
    await this.read(
      fromMs === undefined ? this.windowStart() : Math.floor(fromMs / 1_000),
      fromMs !== undefined,
    );
    while (this.left > 0) {
      await pause(intervalMs, undefined, { signal: this.terminal.signal });
      await this.read(this.windowStart(), true);
    }
  }

  /** The window is by the server's clock: this machine's may be minutes ahead, and nothing would ever come. */
  private async learnClock(): Promise<void> {
    const now = Math.floor(Date.now() / 1_000);
    await this.client.pages(this.settings.filter, { from: now, to: now }, 1).next();
  }

  private windowStart(): number {
    return Math.floor((this.now() - this.settings.overlapMs) / 1_000);
  }

  private now(): number {
    return Date.now() + this.client.clockAheadMs;
  }

  private async read(from: number, isPrinted: boolean): Promise<void> {
    this.from = Math.max(from, this.from);
    // What is older than the next window can begin is printed once, and need not be known.
    const knownFrom = Math.max(this.from, this.windowStart());
    this.seen.begin(this.from);
    const span = { from: this.from, to: Math.floor(this.now() / 1_000) + AHEAD_SECONDS };
    for await (const page of this.client.pages(this.settings.filter, span, Infinity)) {
      const fresh = page.filter((datum) => datum.timestamp < knownFrom || this.seen.isNew(datum));
      if (this.seen.size > MAX_KNOWN)
        throw new Failed(
          `More than ${MAX_KNOWN} messages are in the last moments: ask for less, or shorten --overlap.`,
        );
      if (!isPrinted) continue;
      await this.printer.print(fresh.slice(0, this.left));
      this.left -= Math.min(this.left, fresh.length);
      if (this.left === 0) return;
    }
  }
}
