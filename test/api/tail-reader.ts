import { waitUntil } from '../../libs/testing/index.js';

/** An event as it came; without a type when it only moved the id on, or was a comment. */
export interface TailEvent {
  readonly event?: string;
  readonly id?: string;
  readonly data?: any;
  readonly comment?: string;
}

/** Follows a stream of server-sent events as `curl -N` does. */
export class TailReader {
  readonly events: TailEvent[] = [];
  /** The answer ended, or the connection broke. */
  isOver = false;
  readonly over: Promise<void>;
  private readonly breaking = new AbortController();

  private constructor(
    readonly response: Response,
    breaking: AbortController,
  ) {
    this.breaking = breaking;
    this.over = this.follow().finally(() => (this.isOver = true));
  }

  /** Resolves when the answer has begun, whatever its status. */
  static async open(url: string, headers: Readonly<Record<string, string>>): Promise<TailReader> {
    const breaking = new AbortController();
    return new TailReader(await fetch(url, { headers: { ...headers }, signal: breaking.signal }), breaking);
  }

  get status(): number {
    return this.response.status;
  }

  /** Texts of the lines that came. */
  get lines(): unknown[] {
    return this.events.filter(({ event }) => event === 'log').map(({ data }) => data.message);
  }

  /** Waits until so many lines have come. */
  async receive(count: number): Promise<unknown[]> {
    await waitUntil(() => this.lines.length >= count, { what: `line ${count} of a tail`, timeoutMs: 10_000 });
    return this.lines;
  }

  /** Waits for an event that is so, and resolves with it. */
  see(what: string, condition: (event: TailEvent) => boolean): Promise<TailEvent> {
    return waitUntil(() => this.events.find(condition), { what, timeoutMs: 10_000 });
  }

  /** Goes away. */
  async leave(): Promise<void> {
    this.breaking.abort();
    await this.over;
  }

  private async follow(): Promise<void> {
    let rest = '';
    const decoder = new TextDecoder();
    try {
      for await (const chunk of this.response.body!) {
        rest += decoder.decode(chunk, { stream: true });
        const blocks = rest.split('\n\n');
        rest = blocks.pop()!;
        this.events.push(...blocks.map(parsed));
      }
    } catch (error) {
      if (!this.breaking.signal.aborted) this.events.push({ event: 'broken', data: String(error) });
    }
  }
}

function parsed(block: string): TailEvent {
  const fields = block.split('\n').map((line) => [line.split(': ')[0]!, line.slice(line.indexOf(': ') + 2)]);
  const { event, id, data, '': comment } = Object.fromEntries(fields) as Record<string, string | undefined>;
  return {
    ...(event === undefined ? {} : { event }),
    ...(id === undefined ? {} : { id }),
    ...(data === undefined ? {} : { data: JSON.parse(data) }),
    ...(comment === undefined ? {} : { comment }),
  };
}
