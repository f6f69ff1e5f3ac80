import { LOG_LEVELS, type LogLevel } from '../../domain/index.js';
import type { Queryable, Transaction } from '../database.js';
import { Conditions } from './delivery-filter.js';

/** Which entries are wanted; what is absent does not restrict, all else must match exactly. */
export interface EntrySelection {
  readonly kind: 'event' | 'log';
  readonly name?: string | undefined;
  readonly node?: string | undefined;
  readonly type?: string | undefined;
  readonly typeId?: string | undefined;
  readonly stype?: string | undefined;
  readonly stypeId?: string | undefined;
  /** First and last moment, both included, in milliseconds since 1970. */
  readonly fromMs: number;
  readonly toMs: number;
  /** Only what comes after this place. */
  readonly after?: { readonly timeMs: number; readonly seq: number } | undefined;
}

/** An entry with what it is about. */
export interface AboutEntry {
  readonly seq: number;
  readonly timeMs: number;
  readonly level: LogLevel;
  readonly node: string;
  /** Kind, name, type, type-id, stype and stype-id; null of a line that is its text alone. */
  readonly about: readonly (string | null)[] | null;
  readonly body: string;
}

interface EntryRow {
  readonly seq: string;
  readonly time_ms: string;
  readonly level: number | null;
  readonly node: string;
  readonly about: (string | null)[] | null;
  /** Null when it is not within the bounds. */
  readonly body: string | null;
}

/** No sender's clock is believed that is further ahead: what was accepted so long before a time has no entry of that time. */
const MAX_AHEAD_MS = 86_400_000;
const COLUMNS = 'seq, time_ms, level, node, about';
/** How lines are called that are their text alone. */
const PLAIN = 'log';

/** Reads events and log lines of streams by what they are about, oldest first by their own time. */
export class EventReadStore {
  /** The stream of a cluster's lines, by its id, or by its name where it is not registered. `isKnown` without one: nothing came yet. */
  async stream(
    db: Queryable,
    projectId: string,
    cluster: string,
  ): Promise<{ readonly isKnown: boolean; readonly streamId: number | undefined }> {
    const [row] = await db.query<{ isRegistered: boolean; streamId: number | null }>(
      `SELECT cluster.id IS NOT NULL AS "isRegistered", stream.id AS "streamId" FROM (SELECT 1) AS one
       LEFT JOIN LATERAL (SELECT id FROM clusters WHERE project_id = $1 AND deleted_at IS NULL AND (id = $2 OR name = $2)
                          ORDER BY id = $2 DESC, id LIMIT 1) AS cluster ON true
       LEFT JOIN streams stream ON stream.project_id = $1 AND stream.source = 'logs'
         AND stream.cluster = COALESCE(cluster.id, $2) AND (cluster.id IS NOT NULL OR NOT stream.is_registered)`,
      [projectId, cluster],
    );
    const streamId = row?.streamId ?? undefined;
    return { isKnown: row?.isRegistered === true || streamId !== undefined, streamId };
  }

  /** The first ones: at most `limit`, and no more than begin within so many bytes of text. */
  async select(
    tx: Transaction,
    streamId: number,
    selection: EntrySelection,
    { limit, maxBytes }: { readonly limit: number; readonly maxBytes: number },
  ): Promise<{ readonly entries: readonly AboutEntry[]; readonly hasMore: boolean }> {
    const conditions = conditionsOf(streamId, selection);
    const wanted = String(conditions);
    const [most, bytes] = [conditions.number(limit), conditions.number(maxBytes)];
    // The length of a text is known without fetching it. What is within the bounds, and the first one after it without its text.
    const rows = await tx.query<EntryRow>(
      `SELECT ${COLUMNS}, CASE WHEN fits THEN body END AS body FROM (
         SELECT *, count(*) OVER before < ${most}::bigint AND coalesce(sum(bytes) OVER before, 0) < ${bytes}::bigint AS fits,
           coalesce(sum(bytes) OVER before - lag(bytes) OVER before, 0) < ${bytes}::bigint AS last_fits
         FROM (
           SELECT ${COLUMNS}, body, octet_length(body) AS bytes FROM stream_entries
           WHERE ${wanted} ORDER BY time_ms, seq LIMIT ${most}::bigint + 1
         ) AS found WINDOW before AS (ORDER BY time_ms, seq ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
       ) AS sized WHERE last_fits ORDER BY time_ms, seq`,
      conditions.parameters,
    );
    const entries = rows.flatMap(entryOf);
    return { entries, hasMore: entries.length < rows.length };
  }

  /** Nodes that events are kept of, but for the empty name: from one to the next by the index, however many events each has. */
  async nodes(tx: Transaction, streamId: number): Promise<string[]> {
    const next = (after: string): string =>
      `(SELECT node FROM stream_entries WHERE stream_id = $1 AND about[1] = 'event' AND node COLLATE "C" > ${after} ORDER BY node COLLATE "C" LIMIT 1)`;
    const rows = await tx.query<{ node: string }>(
      `WITH RECURSIVE found (node) AS (
         SELECT ${next(`''`)} UNION ALL SELECT ${next('found.node')} FROM found WHERE found.node IS NOT NULL
       ) SELECT node FROM found WHERE node IS NOT NULL`,
      [streamId],
    );
    return rows.map(({ node }) => node);
  }

  /** How many clusters of a project lines are kept of. */
  async streams(db: Queryable, projectId: string): Promise<number> {
    const [row] = await db.query<{ count: number }>(
      `SELECT count(*)::integer AS count FROM streams WHERE project_id = $1 AND source = 'logs'`,
      [projectId],
    );
    return row?.count ?? 0;
  }
}

/**
 * Of one node events are found by the index of theirs, which this has to say as the index does. Without a node that index
 * is of no use, and said otherwise it does not tempt the planner: those of a whole cluster are found by the index of all.
 */
function ofKind(kind: EntrySelection['kind'], node: string | undefined): string {
  if (kind === 'log') return `(about IS NULL OR about[1] = 'log')`;
  return node === undefined ? `about[1] IS NOT DISTINCT FROM 'event'` : `about[1] = 'event'`;
}

function conditionsOf(streamId: number, selection: EntrySelection): Conditions {
  const { kind, name, node, type, typeId, stype, stypeId, fromMs, toMs, after } = selection;
  return new Conditions()
    .add('stream_id = ?', streamId)
    .add('accepted_ms >= ?', fromMs - MAX_AHEAD_MS)
    .add('time_ms >= ?', fromMs)
    .add('time_ms <= ?', toMs)
    .add('(time_ms, seq) > (?, ?)', after?.timeMs, after?.seq)
    .add(ofKind(kind, node))
    .add('node COLLATE "C" = ?', node)
    .add(kind === 'log' && name === PLAIN ? '(about IS NULL OR about[2] = ?)' : 'about[2] = ?', name)
    .add('about[3] = ?', type)
    .add('about[4] = ?', typeId)
    .add('about[5] = ?', stype)
    .add('about[6] = ?', stypeId);
}

const entryOf = ({ seq, time_ms, level, node, about, body }: EntryRow): AboutEntry[] =>
  body === null
    ? []
    : [
        {
          seq: Number(seq),
          timeMs: Number(time_ms),
          level: LOG_LEVELS[level ?? 0] ?? 'info',
          node,
          about,
          body,
        },
      ];
