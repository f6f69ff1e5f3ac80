import { appendFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

/** Written at once, and how long after that it goes on, in milliseconds. */
const LINES_AT_ONCE = 20;
const PAUSE_MS = 20;

/** A database that logs: numbered events, in one file after the other. */
export class LogWriter {
  /** Of the last line that was written. */
  written = 0;
  private file = 'log20260111.json';
  private isWriting = false;
  private writing: Promise<void> = Promise.resolve();

  constructor(
    private readonly directory: string,
    private readonly node: string,
  ) {}

  start(): void {
    this.isWriting = true;
    this.writing = this.write();
  }

  /** Resolves when nothing is written any more. */
  stop(): Promise<void> {
    this.isWriting = false;
    return this.writing;
  }

  /** Goes on in another file, as servers do when one is full or the day is over. */
  rotate(file: string): void {
    this.file = file;
  }

  /** As a program that keeps old logs does: what was written last has another name now. */
  async rename(to: string): Promise<void> {
    await rename(join(this.directory, this.file), join(this.directory, to));
  }

  private async write(): Promise<void> {
    while (this.isWriting) {
      const lines = Array.from({ length: LINES_AT_ONCE }, () => this.line());
      await appendFile(join(this.directory, this.file), lines.join(''));
      await pause(PAUSE_MS);
    }
  }

  private line(): string {
    this.written += 1;
    const text = `seen by ${this.node} as ${this.written}#`;
    return `${JSON.stringify({ '@t': new Date().toISOString(), '@mt': text, '@l': 'Debug' })}\n`;
  }
}
