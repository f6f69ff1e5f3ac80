/** What the client was started from: a person's terminal, a script, or a test. */
export interface Terminal {
  /** Standard input. */
  readonly input: AsyncIterable<Uint8Array>;
  /** Results. Resolves when they are written, or nobody reads them any more. */
  write(text: string): Promise<void>;
  /** A line about progress or trouble: not a result. */
  say(line: string): void;
  /** Aborts when the client is to end. */
  readonly signal: AbortSignal;
}

/** What was asked for cannot be done; the message is a sentence without secrets. */
export class Failed extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'Failed';
  }
}

/** The command line or the environment cannot be understood; the message has a sentence for each problem. */
export class BadUsage extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'BadUsage';
  }
}
