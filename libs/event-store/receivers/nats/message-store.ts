import type { Logger } from '../../../observability/logging/index.js';
import { LineProtocolError } from '../../line-protocol/index.js';
import { StorageRefused } from '../../storage/index.js';
import { Tally } from '../../tallies/index.js';
import type { ReceiverParts } from '../receiver.js';
import type { Message } from './message-pump.js';

/** Puts messages into the intake, and says in the log what became of them: a sample of what was bad, and how many. */
export class MessageStore {
  private readonly unreadable: Tally;
  private readonly refused: Tally;
  private readonly failed: Tally;
  private isAway = false;

  constructor(
    private readonly parts: Pick<ReceiverParts, 'intake' | 'process' | 'stats'> & { readonly logger: Logger },
    private readonly cluster: string | undefined,
    repeatedAfterMs: number,
  ) {
    const { logger } = parts;
    this.unreadable = new Tally(repeatedAfterMs, (messages, sample) => {
      logger.warn({ event: 'lines.left.out', messages, sample });
    });
    this.refused = new Tally(repeatedAfterMs, (messages, sample) => {
      logger.error({ event: 'messages.refused', messages, sample });
    });
    this.failed = new Tally(repeatedAfterMs, (tries, reason) => {
      logger.error({ event: 'storage.failed', tries, reason });
    });
  }

  /** Stores all readable lines of a message. They are durable when it resolves with `stored`. Never rejects. */
  async store({ subject, body }: Message): Promise<'stored' | 'refused' | 'away'> {
    const { intake, process } = this.parts;
    const options = { cluster: this.cluster, subjectCluster: subjectCluster(subject), process };
    try {
      const errors = await intake.writeReadable(body, options);
      if (errors.length > 0) this.unreadable.add(1, `${shown(subject)}: ${errors[0]!.message}`);
      this.noteBack();
      return 'stored';
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      if (isFinal(error)) {
        this.parts.stats?.count('manager.errors', 'receiver_refused');
        this.refused.add(1, `${shown(subject)}: ${reason}`);
        return 'refused';
      }
      this.isAway = true;
      this.failed.add(1, reason);
      return 'away';
    }
  }

  /** Says what has not been said yet. */
  close(): void {
    for (const tally of [this.unreadable, this.refused, this.failed]) tally.close();
  }

  private noteBack(): void {
    if (!this.isAway) return;
    this.isAway = false;
    this.parts.logger.info({ event: 'storage.recovered' });
  }
}

/** `alex` of `alex.events.job`; nothing of a flat subject such as `jobs`. */
export const subjectCluster = (subject: string): string | undefined => {
  const end = subject.indexOf('.');
  return end > 0 ? subject.slice(0, end) : undefined;
};

/** An error of the language itself is a defect of ours that another try would meet again, for ever. */
const isFinal = (error: unknown): boolean =>
  [StorageRefused, LineProtocolError, TypeError, RangeError, ReferenceError].some(
    (kind) => error instanceof kind,
  );

const shown = (subject: string): string => subject.slice(0, 200);
