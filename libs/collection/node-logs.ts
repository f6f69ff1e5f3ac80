import type { StreamIntake } from '../delivery/index.js';
import type { Clock, Places } from '../domain/index.js';
import { LogFileMoved, type Database, type LogFileStep, type LogFileStore } from '../persistence/index.js';
import { linesIn } from './log-lines.js';
import { parseLogListing, unreadFiles, type ListedFile, type UnreadFile } from './log-listing.js';
import type { LogQuestions } from './log-questions.js';
import type { Slots } from './slots.js';

/** Read of a node in one poll; the next one goes on. */
const MAX_POLL_BYTES = 4 * 1024 * 1024;
/** Held of a node at once. A line that is longer comes in pieces. */
const MAX_PART_BYTES = 512 * 1024;
/** Where the first poll looks for the end of the last line. */
const TAIL_BYTES = 64 * 1024;

/** What reading of a node needs. */
export interface NodeLogParts {
  readonly database: Database;
  readonly files: LogFileStore;
  readonly intake: StreamIntake;
  readonly clock: Clock;
  /** Held while a list is asked for. */
  readonly slots: Slots;
  /** Held while files are read: of one node at a time in a cluster, so that slow nodes hold up nobody but each other. */
  readonly turn: Places;
}

/** Of which node. */
export interface NodeLogPlace {
  readonly projectId: string;
  readonly clusterId: string;
  readonly nodeId: string;
}

/**
 * Reads on in the log files of one node, from where the poll before ended; the first begins at the end of the newest
 * file. Lines and position are stored in one transaction, and only while the position is where reading began: whatever
 * is killed or runs twice, each line is stored once. Throws `LogsUnavailable`, and what the
 * intake and the database say.
 */
export class NodeLogs {
  #left = MAX_POLL_BYTES;
  #lines = 0;

  constructor(
    private readonly place: NodeLogPlace,
    private readonly questions: LogQuestions,
    private readonly parts: NodeLogParts,
  ) {}

  /** Lines stored so far. */
  get lines(): number {
    return this.#lines;
  }

  async poll(): Promise<void> {
    const { database, files, slots, turn } = this.parts;
    // Positions first: files that grow in between are longer than they say, never shorter.
    const positions = await files.positions(database, this.place.nodeId);
    const listed = await slots.use(() => this.questions.list(parseLogListing));
    await turn.take();
    try {
      if (positions.length === 0) await this.begin(listed.at(-1));
      for (const file of unreadFiles(listed, positions)) {
        if (!(await this.readOn(file))) break;
      }
    } catch (error) {
      // Another poll of the same node is ahead, and reads on.
      if (!(error instanceof LogFileMoved)) throw error;
    } finally {
      turn.giveBack();
    }
  }

  /** What was written before the first poll is not read; the line that is just being written is. */
  private async begin(newest: ListedFile | undefined): Promise<void> {
    if (newest === undefined) return;
    const from = Math.max(0, newest.size - TAIL_BYTES);
    const maxBytes = newest.size - from;
    const tail =
      maxBytes === 0 ? Buffer.alloc(0) : await this.questions.read(newest.name, { from, maxBytes });
    if (tail === undefined) return;
    const lineEnd = tail.lastIndexOf('\n') + 1;
    const offset = lineEnd === 0 && from > 0 ? newest.size : from + lineEnd;
    await this.store([], { file: newest.name, before: null, offset });
  }

  /** Resolves with whether the file is read to its end, and its successor may follow. */
  private async readOn({ name, size, before, from, isFinished }: UnreadFile): Promise<boolean> {
    let [stored, position] = [before, from];
    if (before !== null && from < before) {
      await this.store([], { file: name, before, offset: from });
      stored = from;
    }
    while (position < size) {
      const maxBytes = Math.min(MAX_PART_BYTES, size - position);
      if (this.#left < maxBytes) return false;
      const bytes = await this.questions.read(name, { from: position, maxBytes });
      // It was deleted meanwhile, which only happens to old ones; or it has shrunk, which the next list shows.
      if (bytes === undefined) return true;
      this.#left -= bytes.length;
      const isEnd = isFinished && position + bytes.length >= size;
      const isFull = bytes.length === MAX_PART_BYTES;
      const nowMs = this.parts.clock.now().getTime();
      const { entries, bytes: read } = linesIn({ bytes, isEnd, isFull }, this.questions.node, nowMs);
      if (read === 0) return false;
      position += read;
      await this.store(entries, { file: name, before: stored, offset: position });
      stored = position;
    }
    return true;
  }

  private async store(entries: ReturnType<typeof linesIn>['entries'], step: LogFileStep): Promise<void> {
    const { files, intake, database, clock } = this.parts;
    const { projectId, clusterId: cluster, nodeId } = this.place;
    const now = clock.now();
    if (entries.length === 0) await database.transaction((tx) => files.advance(tx, nodeId, step, now));
    else
      await intake.append([{ projectId, source: 'logs', cluster, entries }], (tx) =>
        files.advance(tx, nodeId, step, now),
      );
    this.#lines += entries.length;
  }
}
