import type { Logger } from '../../observability/logging/index.js';
import { Tally } from './tally.js';

const REPEATED_AFTER_MS = 60_000;

/** What is counted for itself. There are few kinds: none is ever forgotten. */
export interface RefusalKind {
  readonly status: number;
  /** Of servers that have several. */
  readonly route?: string;
}

/**
 * Warns of requests that are refused: of the first of a kind at once, then once a minute at most of how many there were
 * since, with the last reason. The reason is what the sender is told: it must hold no secret.
 */
export class RefusalLog {
  private readonly tallies = new Map<string, Tally>();

  constructor(
    private readonly logger: Pick<Logger, 'warn'>,
    /** What each line has. */
    private readonly fields: { readonly event: string; readonly receiver?: string },
  ) {}

  note(kind: RefusalKind, reason: string): void {
    const key = `${kind.status} ${kind.route}`;
    let tally = this.tallies.get(key);
    if (!tally) {
      tally = this.tallyOf(kind);
      this.tallies.set(key, tally);
    }
    tally.add(1, reason);
  }

  /** Tells of those that it has not told of yet. */
  close(): void {
    for (const tally of this.tallies.values()) tally.close();
  }

  private tallyOf(kind: RefusalKind): Tally {
    return new Tally(REPEATED_AFTER_MS, (count, reason) =>
      this.logger.warn({ ...this.fields, ...kind, count, reason }),
    );
  }
}
