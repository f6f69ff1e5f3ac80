const FIRST_DAY = Date.UTC(2026, 0, 1);
const DAY_MS = 86_400_000;

interface ModelLogFile {
  readonly name: string;
  readonly createdAtMs: number;
  modifiedAtMs: number;
  content: Buffer;
}

/** The log files of one node as `/admin/logs` hands them out. A new day begins when it is told to. */
export class LogFiles {
  #files: ModelLogFile[] = [];
  #days = 0;

  constructor(private readonly nowMs: () => number) {
    this.rotate();
  }

  /** Adds text to the newest file, as it is: a line ends where the text says so. */
  append(text: string): void {
    const file = this.#newest();
    file.content = Buffer.concat([file.content, Buffer.from(text)]);
    file.modifiedAtMs = this.nowMs();
  }

  /** From now on another file is written. */
  rotate(): void {
    const day = new Date(FIRST_DAY + this.#days * DAY_MS).toISOString().slice(0, 10).replaceAll('-', '');
    this.#days += 1;
    const nowMs = this.nowMs();
    const file = { createdAtMs: nowMs, modifiedAtMs: nowMs, content: Buffer.alloc(0) };
    this.#files.push({ ...file, name: `log${day}.json` });
    // A stats file beside it, and one of errors, which repeats what is in the main one.
    this.#files.push({ ...file, name: `log-stats${day}.json` }, { ...file, name: `log-err${day}.json` });
  }

  /** Empties the newest file. */
  truncate(): void {
    this.#newest().content = Buffer.alloc(0);
  }

  /** Newest first, as the servers list them. */
  list(): object[] {
    return this.#files.toReversed().map(({ name, createdAtMs, modifiedAtMs, content }) => ({
      name,
      createdAt: new Date(createdAtMs).toISOString(),
      lastModified: new Date(modifiedAtMs).toISOString(),
      size: content.length,
    }));
  }

  /** Undefined when there is no such file. */
  contentOf(name: string): Buffer | undefined {
    return this.#files.find((file) => file.name === name)?.content;
  }

  #newest(): ModelLogFile {
    return this.#files.findLast(({ name }) => /^log\d/.test(name))!;
  }
}
