import { dirname } from 'node:path';
import type { Clock } from '../../../libs/domain/index.js';
import type { Logger } from '../../../libs/observability/logging/index.js';
import type { AgentState } from '../keeping/agent-state.js';
import { keyOf, type Place, type StateChange } from '../keeping/place.js';
import { addLosses, isNone, NO_LOSSES, type Losses } from '../losses.js';
import { encodeLine } from './encode-line.js';
import { fingerprintAt, NO_FINGERPRINT } from './fingerprint.js';
import { findLogFiles, type FoundFile, type FoundFiles } from './log-directory.js';
import { newBuffer, Tail, type Portion } from './tail.js';

/** What a request holds at most. */
export const MAX_BATCH_LINES = 5_000;
const MAX_BATCH_BYTES = 786_432;

/** Lines to send, and what is to be remembered once they are safe. */
export interface ReadBatch {
  /** As line protocol, each with its line feed. */
  readonly lines: readonly string[];
  readonly change: StateChange;
}

interface ReaderOptions {
  readonly directory: string;
  readonly node: string;
  readonly stats: boolean;
  /** At the agent's very first start: what was last written longer ago than this is left out. */
  readonly historyMs: number;
  readonly state: AgentState;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Reads the log directory's files in batches. What a batch brought is remembered only when its change is committed. */
export class LogReader {
  readonly #tails = new Map<string, Tail>();
  /** Deleted or renamed; what their handles still give is read first. */
  readonly #leaving = new Set<Tail>();
  /** Not there at the last look. One that is there at the next was being renamed, and is the file that it was. */
  #missed = new Map<string, Tail>();
  readonly #buffer = newBuffer();
  readonly #complaints = new Map<string, string>();
  #losses: Losses = NO_LOSSES;
  #gone: string[] = [];
  /** Places that are new though nothing was read. */
  #adopted: Place[] = [];
  #isFirstLook = true;

  constructor(private readonly options: ReaderOptions) {}

  /** What is new, up to a batch; undefined when there is nothing. */
  async next(): Promise<ReadBatch | undefined> {
    await this.look();
    const lines: string[] = [];
    const places: Place[] = [];
    let bytes = 0;
    for (const tail of [...this.#leaving, ...this.#tails.values()]) {
      const isLeaving = this.#leaving.has(tail);
      const before = tail.place;
      const portion = await this.#readFrom(tail, isLeaving || tail.found.isFinished, {
        lines: MAX_BATCH_LINES - lines.length,
        bytes: MAX_BATCH_BYTES - bytes,
      });
      if (portion === undefined && isLeaving) await this.#forget(tail);
      if (portion === undefined) continue;
      for (const line of portion.lines) {
        const text = this.#encode(line, tail);
        bytes += text.length;
        lines.push(text);
      }
      if (portion.isAtEnd && isLeaving) await this.#forget(tail);
      if (hasMoved(before, tail.place)) places.push(tail.place);
      if (portion.isAtEnd && tail.found.isFinished) await tail.close();
      if (!portion.isAtEnd) break;
    }
    return this.#batchOf(lines, places);
  }

  /** Finds what has come and gone. Also to be called while nothing is read: what is deleted meanwhile counts as lost. */
  async look(): Promise<void> {
    const found = await this.#find();
    if (found === undefined) return;
    const missed = this.#missed;
    const before = new Map(
      [...this.#tails.values(), ...this.#leaving].map((tail) => [keyOf(tail.place), tail]),
    );
    this.#tails.clear();
    this.#leaving.clear();
    this.#missed = new Map();
    for (const file of found.files) {
      const key = keyOf(file);
      const tail = before.get(key) ?? new Tail(file, await this.#placeOf(file));
      before.delete(key);
      missed.delete(key);
      tail.meet(file);
      this.#tails.set(key, tail);
    }
    for (const tail of missed.values()) this.#bury(tail);
    for (const [key, tail] of before) {
      if (isIn(found.closed, tail.found)) this.#tails.set(key, tail);
      else if (tail.isOpen) this.#leaving.add(tail);
      else await this.#forget(tail);
    }
    // Where nothing is at all the volume may not be mounted yet.
    if (found.files.length === 0 && this.options.state.places.size > 0 && this.#isFirstLook) return;
    if (this.#isFirstLook) this.#buryStrangers(found);
    this.#isFirstLook = false;
  }

  /** Whether there is a file that only its handle keeps. */
  get isLeaving(): boolean {
    return this.#leaving.size > 0;
  }

  async close(): Promise<void> {
    for (const tail of [...this.#tails.values(), ...this.#leaving]) await tail.close();
  }

  async #find(): Promise<FoundFiles | undefined> {
    const { directory } = this.options;
    try {
      const found = await findLogFiles(directory, this.options);
      for (const path of [directory, ...found.files.map((file) => dirname(file.path))])
        this.#complaints.delete(path);
      for (const [path, error] of found.closed) this.#complain(path, error);
      return found;
    } catch (error) {
      this.#complain(directory, error);
      return undefined;
    }
  }

  async #placeOf(file: FoundFile): Promise<Place> {
    const { state, historyMs, clock } = this.options;
    const known = state.places.get(keyOf(file));
    if (known !== undefined) return known;
    const { path, device, inode, size, modifiedMs } = file;
    const moved = this.#placeByPath(file);
    if (moved !== undefined) {
      this.#adopted.push({ ...moved, device });
      return moved;
    }
    const beginning = { path, device, inode, offset: 0, isInside: false, fingerprint: NO_FINGERPRINT };
    const isHistory = this.#isFirstLook && state.isNew && modifiedMs < clock.now().getTime() - historyMs;
    const fingerprint = isHistory ? await fingerprintAt(path, size).catch(() => undefined) : undefined;
    if (fingerprint === undefined) return beginning;
    this.options.logger.info({ event: 'file.left.out', path, bytes: size });
    const place = { ...beginning, offset: size, fingerprint };
    this.#adopted.push(place);
    return place;
  }

  /** A device has another number after a restart of the machine at times; the fingerprint tells whether it is the file. */
  #placeByPath({ path, inode }: FoundFile): Place | undefined {
    if (!this.#isFirstLook) return undefined;
    return [...this.options.state.places.values()].find(
      (place) => place.path === path && place.inode === inode && place.fingerprint.length > 0,
    );
  }

  /** Files of an earlier run that are no more. */
  #buryStrangers({ closed }: FoundFiles): void {
    for (const [key, place] of this.options.state.places)
      if (!this.#tails.has(key) && !isIn(closed, place)) this.#gone.push(key);
  }

  async #readFrom(
    tail: Tail,
    isLast: boolean,
    appetite: { lines: number; bytes: number },
  ): Promise<Portion | undefined> {
    const { path } = tail.found;
    try {
      const portion = await tail.read(this.#buffer, appetite, isLast);
      if (portion.isRestarted) this.options.logger.warn({ event: 'file.restarted', path });
      if (portion.cutLines > 0) this.#losses = addLosses(this.#losses, { cutLines: portion.cutLines });
      this.#complaints.delete(path);
      return portion;
    } catch (error) {
      this.#complain(path, error);
      return undefined;
    }
  }

  #encode(line: string, tail: Tail): string {
    const fallbackMs = tail.lastTimeMs ?? this.options.clock.now().getTime();
    const { text, timeMs } = encodeLine(line, this.options.node, fallbackMs);
    if (timeMs !== undefined) tail.lastTimeMs = timeMs;
    return text;
  }

  async #forget(tail: Tail): Promise<void> {
    this.#leaving.delete(tail);
    await tail.close();
    this.#missed.set(keyOf(tail.place), tail);
  }

  #bury(tail: Tail): void {
    this.#gone.push(keyOf(tail.place));
    if (tail.unread === 0) return;
    this.#losses = addLosses(this.#losses, { unreadBytes: tail.unread });
    this.options.logger.warn({ event: 'file.lost', path: tail.found.path, bytes: tail.unread });
  }

  #batchOf(lines: readonly string[], moved: readonly Place[]): ReadBatch | undefined {
    const [gone, losses, places] = [this.#gone, this.#losses, [...this.#adopted, ...moved]];
    if (lines.length + places.length + gone.length === 0 && isNone(losses)) return undefined;
    [this.#gone, this.#losses, this.#adopted] = [[], NO_LOSSES, []];
    return { lines, change: { places, gone, losses } };
  }

  /** Once per trouble, not once per second. */
  #complain(path: string, error: unknown): void {
    const { code, message } = error as NodeJS.ErrnoException;
    const reason = code ?? message;
    if (this.#complaints.get(path) === reason) return;
    this.#complaints.set(path, reason);
    this.options.logger.warn({ event: 'file.unreadable', path, reason });
  }
}

const isIn = (directories: FoundFiles['closed'], { path }: Pick<Place, 'path'>): boolean =>
  directories.has(dirname(path));

const hasMoved = (before: Place, after: Place): boolean =>
  before.offset !== after.offset ||
  before.isInside !== after.isInside ||
  before.path !== after.path ||
  before.fingerprint.digest !== after.fingerprint.digest;
