import { open, type FileHandle } from 'node:fs/promises';
import type { Place } from '../keeping/place.js';
import { beginsAs, fingerprintOf, isWhole, NO_FINGERPRINT } from './fingerprint.js';
import type { FoundFile } from './log-directory.js';
import { MAX_LINE_BYTES, splitLines } from './split-lines.js';

/** Longer than the longest line with its end. */
const CHUNK_BYTES = 2 * MAX_LINE_BYTES;

/** What a file had to give. */
export interface Portion {
  readonly lines: readonly string[];
  readonly cutLines: number;
  /** Whether there was nothing further. */
  readonly isAtEnd: boolean;
  /** Whether it was read from its beginning again, because it is not what it was. */
  readonly isRestarted: boolean;
}

const NOTHING: Portion = { lines: [], cutLines: 0, isAtEnd: true, isRestarted: false };

/** How much is wanted of a file. */
export interface Appetite {
  readonly lines: number;
  readonly bytes: number;
}

/** One file, and how far it has been read. The handle keeps what was appended last when the file is renamed or deleted. */
export class Tail {
  #handle: FileHandle | undefined;
  #seenSize = -1;
  /** Of the last line that had one, in milliseconds since 1970. */
  lastTimeMs: number | undefined;

  constructor(
    private file: FoundFile,
    private current: Place,
  ) {}

  get found(): FoundFile {
    return this.file;
  }

  /** How the file lies there now. Under another name it may be another file that got the number of a deleted one. */
  meet(found: FoundFile): void {
    if (found.path !== this.file.path) this.#seenSize = -1;
    this.file = found;
  }

  get place(): Place {
    const { path, device, inode } = this.file;
    return { ...this.current, path, device, inode };
  }

  get isOpen(): boolean {
    return this.#handle !== undefined;
  }

  /** How many bytes are known of that were not read. */
  get unread(): number {
    return Math.max(0, this.file.size - this.current.offset);
  }

  /** Reads on, into `buffer`. Does nothing while the file is as it was. When it fails it is where it was before. */
  async read(buffer: Buffer, appetite: Appetite, isLast: boolean): Promise<Portion> {
    const before = this.current;
    try {
      return await this.#readAll(buffer, appetite, isLast);
    } catch (error) {
      // What was read before the failure reaches nobody.
      this.current = before;
      await this.close();
      throw error;
    }
  }

  async #readAll(buffer: Buffer, appetite: Appetite, isLast: boolean): Promise<Portion> {
    if (this.#handle === undefined && this.file.size === this.#seenSize) return NOTHING;
    const handle = await this.#open();
    if (handle === undefined) return NOTHING;
    const { size } = await handle.stat();
    if (size === this.#seenSize && !isLast) return NOTHING;
    const isRestarted = await this.#restartIfChanged(handle, size);
    const portion = await this.#readOn(handle, buffer, appetite, isLast);
    if (portion.isAtEnd) this.#seenSize = size;
    return { ...portion, isRestarted };
  }

  /** Undefined when another file has come under this one's name since the directory was looked at. */
  async #open(): Promise<FileHandle | undefined> {
    if (this.#handle !== undefined) return this.#handle;
    const handle = await open(this.file.path, 'r');
    const { ino } = await handle.stat({ bigint: true });
    if (String(ino) === this.file.inode) return (this.#handle = handle);
    await handle.close();
    return undefined;
  }

  async close(): Promise<void> {
    const handle = this.#handle;
    this.#handle = undefined;
    await handle?.close();
  }

  /** Truncated, or another file under the same number. */
  async #restartIfChanged(handle: FileHandle, size: number): Promise<boolean> {
    const { offset, fingerprint } = this.current;
    if (size >= offset && (await beginsAs(handle, fingerprint))) return false;
    this.current = { ...this.current, offset: 0, isInside: false, fingerprint: NO_FINGERPRINT };
    return true;
  }

  async #readOn(
    handle: FileHandle,
    buffer: Buffer,
    appetite: Appetite,
    isLast: boolean,
  ): Promise<Omit<Portion, 'isRestarted'>> {
    const lines: string[] = [];
    let cutLines = 0;
    let bytes = 0;
    for (;;) {
      const { offset, isInside } = this.current;
      const { bytesRead } = await handle.read(buffer, 0, buffer.length, offset);
      const isShort = bytesRead < buffer.length;
      const split = splitLines(buffer.subarray(0, bytesRead), {
        isInside,
        isLast: isLast && isShort,
        maxLines: appetite.lines - lines.length,
        maxBytes: appetite.bytes - bytes,
      });
      for (const line of split.lines) lines.push(line);
      cutLines += split.cutLines;
      bytes += split.consumed;
      await this.#advance(handle, split.consumed, split.isInside);
      if (lines.length >= appetite.lines || bytes >= appetite.bytes)
        return { lines, cutLines, isAtEnd: false };
      if (isShort) return { lines, cutLines, isAtEnd: true };
    }
  }

  async #advance(handle: FileHandle, consumed: number, isInside: boolean): Promise<void> {
    const offset = this.current.offset + consumed;
    const { fingerprint } = this.current;
    this.current = {
      ...this.current,
      offset,
      isInside,
      fingerprint:
        isWhole(fingerprint) || offset === fingerprint.length
          ? fingerprint
          : await fingerprintOf(handle, offset),
    };
  }
}

export const newBuffer = (): Buffer => Buffer.allocUnsafe(CHUNK_BYTES);
