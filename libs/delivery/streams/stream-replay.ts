import { badRequest } from '../../domain/index.js';
import type { Tenant } from '../../identity/index.js';
import { StreamReplayStore, type IntegrationEntity, type Rewind } from '../../persistence/index.js';
import { replayDeed, type ReplayParts } from '../replay/replay-parts.js';
import type { ReplayAnswer } from '../replay/replay-report.js';
import type { ReplayBody } from '../replay/replay.schema.js';

const NOTHING: ReplayAnswer['counts'] = { post: 0, update: 0, close: 0, send: 0, nothing: 0, busy: 0 };

/**
 * Delivers streams again from a time on, by moving cursors back. Whatever is still stored goes once more, also what
 * came in before the integration was made.
 */
export class StreamReplay {
  private readonly store = new StreamReplayStore();

  constructor(private readonly parts: ReplayParts) {}

  /** Throws a 400 for anything but `since`. */
  async run(tenant: Tenant, integration: IntegrationEntity, body: ReplayBody): Promise<ReplayAnswer> {
    const { since, dryRun } = body;
    if (since === undefined)
      throw badRequest({ since: 'is required: streams are delivered again from a time on' });
    const { database, audit, clock } = this.parts;
    const rewinds = await database.transaction(async (tx) => {
      const found = await this.store.rewinds(tx, integration.id, since.getTime());
      if (dryRun || found.length === 0) return found;
      for (const one of found) await this.store.rewind(tx, one, clock.now());
      await audit.record(tx, replayDeed(tenant, integration, { since }));
      return found;
    });
    const send = rewinds.reduce((sum, { count }) => sum + count, 0);
    return { dryRun, counts: { ...NOTHING, send }, items: rewinds.map(itemOf), more: false, next: null };
  }
}

const itemOf = ({ cursorId, source, clusterName, firstSeq, count }: Rewind) => ({
  deliveryId: cursorId,
  subject: { type: source, id: clusterName },
  do: 'send' as const,
  reason: `${counted(count, source === 'logs' ? 'line' : 'sample')} again, from number ${firstSeq} on.`,
});

const counted = (count: number, noun: string): string =>
  count === 1 ? `1 ${noun} goes` : `${count} ${noun}s go`;
