import type { NodeLogPoll } from '../persistence/index.js';

/** How the polling of a node's log files goes, for people to read; `ok` is null before the first poll. */
export function logPollView(poll: NodeLogPoll | undefined) {
  if (poll === undefined) return { ok: null, since: null, code: null, reason: null, readAt: null };
  const { code, reason, since, readAt } = poll;
  return {
    ok: code === null,
    since: since.toISOString(),
    code,
    reason,
    /** When there was something new at last; the first poll, which finds the end of the newest file, counts. */
    readAt: readAt === null ? null : readAt.toISOString(),
  };
}
