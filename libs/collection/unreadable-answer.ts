/** A node answered 200 with something else than was asked for. `problem` completes "n1 answered /gossip with …". */
export class UnreadableAnswer extends Error {
  constructor(
    readonly code: 'not-json' | 'unexpected-shape',
    readonly problem: string,
  ) {
    super(problem);
    this.name = 'UnreadableAnswer';
  }
}
