import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { addLosses, NO_LOSSES, type Losses } from '../losses.js';
import { writeDurably } from './durable-file.js';
import { keyOf, type Place, type StateChange } from './place.js';

const VERSION = 1;

interface Content {
  readonly version: number;
  readonly spooled: number;
  readonly places: readonly Place[];
  readonly losses: Losses;
}

/**
 * What the agent remembers across restarts, in `place.json`: the place in each file, the last batch of the spool that is
 * counted in, and what is yet to be reported as lost.
 */
export class AgentState {
  readonly #path: string;
  readonly #places = new Map<string, Place>();
  #spooled = 0;
  #losses: Losses = NO_LOSSES;
  #saving: Promise<void> = Promise.resolve();

  private constructor(
    path: string,
    /** Whether this is the agent's first start here. */
    readonly isNew: boolean,
  ) {
    this.#path = path;
  }

  /** Throws a sentence when there is a file that makes no sense. */
  static async open(directory: string): Promise<AgentState> {
    const path = join(directory, 'place.json');
    const content = await read(path);
    const state = new AgentState(path, content === undefined);
    if (content === undefined) return state;
    for (const place of content.places) state.#places.set(keyOf(place), place);
    state.#spooled = content.spooled;
    state.#losses = content.losses;
    return state;
  }

  get places(): ReadonlyMap<string, Place> {
    return this.#places;
  }

  /** The number of the last batch in the spool whose lines the places have passed. */
  get spooled(): number {
    return this.#spooled;
  }

  get losses(): Losses {
    return this.#losses;
  }

  /** Takes over what a batch changes; `spooled` is its number when it went into the spool. On return it is on disk. */
  async commit(change: Partial<StateChange>, spooled: number = this.#spooled): Promise<void> {
    this.apply(change, spooled);
    await this.save();
  }

  apply({ places = [], gone = [], losses = NO_LOSSES }: Partial<StateChange>, spooled: number): void {
    for (const key of gone) this.#places.delete(key);
    for (const place of places) this.#places.set(keyOf(place), place);
    this.#losses = addLosses(this.#losses, losses);
    this.#spooled = Math.max(this.#spooled, spooled);
  }

  /** One after the other: a slow write must not put an older state over a newer one. */
  save(): Promise<void> {
    const saved = this.#saving.then(() => {
      const content: Content = {
        version: VERSION,
        spooled: this.#spooled,
        places: [...this.#places.values()],
        losses: this.#losses,
      };
      return writeDurably(this.#path, [JSON.stringify(content)]);
    });
    this.#saving = saved.catch(() => undefined);
    return saved;
  }
}

async function read(path: string): Promise<Content | undefined> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if ((error as { code?: string }).code === 'ENOENT') return undefined;
    throw error;
  }
  try {
    const content = JSON.parse(text) as Content;
    if (content.version !== VERSION) throw new Error(`It is of version ${content.version}.`);
    return content;
  } catch (error) {
    throw new Error(
      `${path} makes no sense to this version of the agent. Remove it to begin anew: what is in the log files then goes out again.`,
      { cause: error },
    );
  }
}
