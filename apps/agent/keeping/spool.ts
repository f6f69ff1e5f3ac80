import { mkdir, readdir, readFile, rm, stat, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { DRAFT_SUFFIX, writeDurably } from './durable-file.js';
import type { StateChange } from './place.js';

export type BatchKind = 'logs' | 'metrics';

/** A batch that waits on disk. */
export interface SpooledBatch {
  /** From 1, in the order in which they are sent. */
  readonly sequence: number;
  readonly kind: BatchKind;
  readonly lineCount: number;
  readonly atMs: number;
  readonly bytes: number;
}

/** What a batch's file holds. */
export interface SpooledContent {
  /** Line protocol, compressed. */
  readonly body: Buffer;
  readonly change: StateChange;
}

/** More than any one batch takes. The bound holds though batches are written without asking again. */
const ROOM_BYTES = 2 * 1_048_576;
const FILE_NAME = /^(\d{12})-(logs|metrics)-(\d+)-(\d+)\.batch$/;
const LINE_FEED = 0x0a;

/**
 * Batches on disk, oldest first, one file each: what the agent would have to say of it is in the name, what it changes
 * in the first line, and the body follows as it will be sent. A file is there completely or not at all.
 */
export class Spool {
  readonly #batches: SpooledBatch[] = [];
  #bytes = 0;
  #next = 1;

  private constructor(
    private readonly directory: string,
    private readonly limitBytes: number,
  ) {}

  /** Finds what waits. `after` is the highest number that was ever given. */
  static async open(directory: string, limitBytes: number, after: number): Promise<Spool> {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    const spool = new Spool(directory, limitBytes);
    for (const name of (await readdir(directory)).sort()) {
      const path = join(directory, name);
      if (name.endsWith(DRAFT_SUFFIX)) await unlink(path);
      const batch = batchOf(name, name.endsWith(DRAFT_SUFFIX) ? 0 : (await stat(path)).size);
      if (batch !== undefined) spool.add(batch);
    }
    spool.#next = Math.max(after, spool.#batches.at(-1)?.sequence ?? 0) + 1;
    return spool;
  }

  get batches(): readonly SpooledBatch[] {
    return this.#batches;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get isEmpty(): boolean {
    return this.#batches.length === 0;
  }

  get hasRoom(): boolean {
    return this.#bytes + ROOM_BYTES <= this.limitBytes;
  }

  /** Writes a batch behind all others. It is not offered before `add`. */
  async write(
    { kind, lineCount, atMs }: Pick<SpooledBatch, 'kind' | 'lineCount' | 'atMs'>,
    { body, change }: SpooledContent,
  ): Promise<SpooledBatch> {
    const head = `${JSON.stringify(change)}\n`;
    const bytes = Buffer.byteLength(head) + body.length;
    const batch = { sequence: this.#next, kind, lineCount, atMs, bytes };
    await writeDurably(this.#pathOf(batch), [head, body]);
    this.#next += 1;
    return batch;
  }

  add(batch: SpooledBatch): void {
    this.#batches.push(batch);
    this.#bytes += batch.bytes;
  }

  async read(batch: SpooledBatch): Promise<SpooledContent> {
    const content = await readFile(this.#pathOf(batch));
    const end = content.indexOf(LINE_FEED);
    return {
      change: JSON.parse(content.toString('utf8', 0, end)) as StateChange,
      body: content.subarray(end + 1),
    };
  }

  /** What is left of a batch of which a part has been taken. */
  async replaceBody(batch: SpooledBatch, body: Buffer): Promise<void> {
    const { change } = await this.read(batch);
    await writeDurably(this.#pathOf(batch), [`${JSON.stringify(change)}\n`, body]);
  }

  async remove(batch: SpooledBatch): Promise<void> {
    await rm(this.#pathOf(batch), { force: true });
    const index = this.#batches.indexOf(batch);
    // A stale one may be removed by whoever sends and by whoever makes room, at the same time.
    if (index < 0) return;
    this.#batches.splice(index, 1);
    this.#bytes -= batch.bytes;
  }

  #pathOf({ sequence, kind, lineCount, atMs }: SpooledBatch): string {
    return join(this.directory, `${String(sequence).padStart(12, '0')}-${kind}-${lineCount}-${atMs}.batch`);
  }
}

function batchOf(name: string, bytes: number): SpooledBatch | undefined {
  const match = FILE_NAME.exec(name);
  if (match === null) return undefined;
  return {
    sequence: Number(match[1]),
    kind: match[2] as BatchKind,
    lineCount: Number(match[3]),
    atMs: Number(match[4]),
    bytes,
  };
}
