/** What is wrong at one place of the configuration. */
export interface ProcessingProblem {
  /** Keys from the outermost in, with dots between: `nats.process_messages.add_tags_if.0.if`. */
  readonly path: string;
  /** Goes on from the path: `must be text`. */
  readonly reason: string;
}

/** A `process_messages` that cannot work. Names everything that is wrong with it. */
export class InvalidProcessing extends Error {
  override readonly name = 'InvalidProcessing';

  constructor(readonly problems: readonly ProcessingProblem[]) {
    super(problems.map(({ path, reason }) => `${path} ${reason}`).join('; '));
  }
}
