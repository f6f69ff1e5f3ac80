import { Places } from '../domain/index.js';

/**
 * So many pieces of work at once; whoever wants more waits for its turn. Work that takes longer than `patienceMs` gives its
 * slot back while it goes on: what is slow waits for somebody else, and must not keep the others from their turn.
 */
export class Slots {
  readonly #places: Places;

  constructor(
    count: number,
    private readonly patienceMs: number,
  ) {
    this.#places = new Places(count);
  }

  /** Resolves or rejects as `work` does. */
  async use<Result>(work: () => Promise<Result>): Promise<Result> {
    await this.#places.take();
    let isHeld = true;
    const giveBack = (): void => {
      if (isHeld) this.#places.giveBack();
      isHeld = false;
    };
    const timer = setTimeout(giveBack, this.patienceMs);
    try {
      return await work();
    } finally {
      clearTimeout(timer);
      giveBack();
    }
  }
}
