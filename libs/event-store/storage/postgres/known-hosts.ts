import type pg from 'pg';
import type { EventRecord, RecordKind } from '../../record/index.js';

const DAY_MS = 86_400_000;
/** Whoever makes up hosts by the thousand does not get our memory. */
const MAX_KNOWN = 200_000;

/** That a kind of records of a host has none of `untilMs` or later. */
interface HostBound {
  readonly cluster: string;
  readonly kind: RecordKind;
  readonly hostname: string;
  readonly untilMs: number;
}
export type HostNews = ReadonlyMap<string, HostBound>;

/**
 * Which hosts there are records of, and until when at the most: by whole days, so that the table behind it is written once
 * a day for each. A host whose bound has been forgotten has no records any more, whatever others are storing.
 */
export class KnownHosts {
  private readonly untilMs = new Map<string, number>();

  /** What the table must learn of before these are stored. Costs one look-up for each record. */
  newsOf(records: readonly EventRecord[]): HostNews {
    const news = new Map<string, HostBound>();
    for (const { cluster, kind, hostname, timeMs } of records) {
      const key = `${cluster}\0${kind}\0${hostname}`;
      const known = news.get(key)?.untilMs ?? this.untilMs.get(key) ?? -Infinity;
      if (timeMs < known) continue;
      news.set(key, { cluster, kind, hostname, untilMs: (Math.floor(timeMs / DAY_MS) + 1) * DAY_MS });
    }
    return news;
  }

  /** Once the transaction that tells the table is committed. */
  remember(news: HostNews): void {
    if (this.untilMs.size + news.size > MAX_KNOWN) this.untilMs.clear();
    for (const [key, { untilMs }] of news) {
      if (untilMs > (this.untilMs.get(key) ?? -Infinity)) this.untilMs.set(key, untilMs);
    }
  }

  forgetKnown(): void {
    this.untilMs.clear();
  }
}

/** Always in the same order: who tells of the same hosts at the same time waits, and never for each other. */
export async function tellHosts(client: pg.ClientBase, news: HostNews): Promise<void> {
  const bounds = [...news].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, bound]) => bound);
  await client.query(
    `INSERT INTO event_store_hosts AS host (cluster, kind, hostname, until_ms)
     SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::bigint[])
     ON CONFLICT (cluster, kind, hostname) DO UPDATE SET until_ms = excluded.until_ms
     WHERE host.until_ms < excluded.until_ms`,
    [
      bounds.map(({ cluster }) => cluster),
      bounds.map(({ kind }) => kind),
      bounds.map(({ hostname }) => hostname),
      bounds.map(({ untilMs }) => untilMs),
    ],
  );
}

/** Removes the hosts whose records of a kind have all been forgotten: those of that time or earlier. */
export async function removeHosts(pool: pg.Pool, kind: RecordKind, upToMs: number): Promise<void> {
  await pool.query('DELETE FROM event_store_hosts WHERE kind = $1 AND until_ms <= $2', [kind, upToMs + 1]);
}

/** Sorted by code units; without the empty name. */
export async function hostsOf(pool: pg.Pool, cluster: string): Promise<string[]> {
  const { rows } = await pool.query<{ hostname: string }>({
    name: 'event_store_hosts',
    text: `SELECT DISTINCT hostname FROM event_store_hosts WHERE cluster = $1 AND hostname <> ''`,
    values: [cluster],
  });
  return rows.map(({ hostname }) => hostname).sort();
}
