/** What is said about a configuration, a sentence each. */
export class Findings {
  /** Why it cannot work. */
  readonly problems: string[] = [];
  /** What is there, but not as its writer may think. */
  readonly warnings: string[] = [];
  /** What is worth knowing. */
  readonly notes: string[] = [];

  inFile(file: string): Place {
    return new Place(this, file, []);
  }
}

/** A file, or a key in it, that there may be something to say about. */
export class Place {
  constructor(
    private readonly findings: Findings,
    readonly file: string,
    private readonly path: readonly string[],
  ) {}

  at(...keys: readonly string[]): Place {
    return new Place(this.findings, this.file, [...this.path, ...keys]);
  }

  /** From the outermost in, with dots between. */
  get keys(): string {
    return this.path.join('.');
  }

  /** Another key of the same file. */
  elsewhere(keys: string): Place {
    return new Place(this.findings, this.file, [keys]);
  }

  /** The reason goes on from the name of the place: `must be a port`. */
  refuse(reason: string): void {
    this.findings.problems.push(this.sentence(reason));
  }

  warn(reason: string): void {
    this.findings.warnings.push(this.sentence(reason));
  }

  note(reason: string): void {
    this.findings.notes.push(this.sentence(reason));
  }

  private sentence(reason: string): string {
    const key = this.path.length === 0 ? '' : `: "${shown(this.keys)}"`;
    return onOneLine(`${shown(this.file)}${key} ${reason}.`);
  }
}

const LONGEST_SHOWN = 200;

/** A text of the configuration as a message may hold it: not endless. */
export const shown = (text: string): string =>
  text.length > LONGEST_SHOWN ? `${text.slice(0, LONGEST_SHOWN)}…` : text;

const onOneLine = (text: string): string =>
  text.replace(/[\p{Cc}\p{Zl}\p{Zp}]/gu, (character) =>
    character === '\n' ? '\\n' : `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
