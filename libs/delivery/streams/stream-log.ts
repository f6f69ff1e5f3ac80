import { badRequest, notFound, type Clock } from '../../domain/index.js';
import {
  RejectedEntryStore,
  StreamViewStore,
  type Database,
  type IntegrationEntity,
  type IntegrationStore,
  type RejectedEntry,
  type RowCursor,
  type StreamView,
} from '../../persistence/index.js';
import { pageOf, type PageQuery } from '../../rest/index.js';
import { cursorText } from '../log/row-cursor.js';

const PLACE = /^(\d{1,10})s(\d{1,16})$/;

/** Reads how far an integration is with each of its streams, and what of them was refused. */
export class StreamLog {
  private readonly rejectedEntries = new RejectedEntryStore();
  private readonly views = new StreamViewStore();

  constructor(
    private readonly database: Database,
    private readonly integrations: IntegrationStore,
    private readonly clock: Clock,
  ) {}

  /** Throws a 404 `Problem` when the project has no such integration. One without streams has an empty list. */
  async streams(projectId: string, integrationId: string, { limit, after }: PageQuery) {
    if (!(await this.integrations.find(this.database, projectId, integrationId)))
      throw notFound('integration');
    const rows = await this.views.of(this.database, integrationId, limit, after);
    const { items, next } = pageOf(rows, limit, ({ id }) => id);
    const now = this.clock.now();
    return { streams: items.map((view) => streamView(view, now)), next };
  }

  async rejected({ id }: IntegrationEntity, limit: number, after: RowCursor | undefined) {
    const [, streamId, seq] = after ? (PLACE.exec(after.id) ?? []) : [];
    if (after && streamId === undefined) throw badRequest({ after: 'must be the `next` of an earlier page' });
    const from = after && {
      rejectedAt: after.createdAt,
      streamId: Number(streamId),
      seq: Number(seq),
    };
    const rows = await this.rejectedEntries.list(this.database, id, limit + 1, from);
    const { items, next } = pageOf(rows, limit, (row) =>
      cursorText({ createdAt: row.rejectedAt, id: `${row.streamId}s${row.seq}` }),
    );
    return {
      rejected: items.map(rejectedView),
      next,
    };
  }
}

const rejectedView = ({ seq, cluster, node, body, code, reason, timeMs, rejectedAt }: RejectedEntry) => ({
  seq,
  cluster,
  node,
  time: new Date(timeMs).toISOString(),
  body,
  code,
  reason,
  rejectedAt: rejectedAt.toISOString(),
});

function statusOf({ hasEnded, isParked, waiting }: StreamView): 'ended' | 'caughtUp' | 'parked' | 'behind' {
  if (hasEnded) return 'ended';
  if (waiting === 0) return 'caughtUp';
  return isParked ? 'parked' : 'behind';
}

function streamView(view: StreamView, now: Date) {
  const {
    id,
    source,
    cluster,
    isRegistered,
    clusterName,
    oldestMs,
    dueAt,
    lastSuccessAt,
    hasEnded,
    isParked,
    ...units
  } = view;
  return {
    id,
    source,
    clusterId: isRegistered ? cluster : null,
    cluster: clusterName,
    status: statusOf(view),
    ...units,
    oldestAt: oldestMs === null ? null : new Date(oldestMs).toISOString(),
    ageSeconds: oldestMs === null ? null : Math.max(0, Math.round((now.getTime() - oldestMs) / 1_000)),
    lastSuccess: lastSuccessAt?.toISOString() ?? null,
    dueAt: hasEnded || isParked || units.waiting === 0 ? null : dueAt.toISOString(),
  };
}
