import pg from 'pg';
import { ROUNDS, type Round } from '../../libs/detection/index.js';
import { summarize, type Summary } from './statistics.js';

/** The defaults. */
const INTERVAL_MS = { gossip: 30_000, host: 15_000 } as const;

export interface PaceFigures {
  readonly clusters: number;
  /** How much later than its turn a round began. */
  readonly latenessMs: Summary;
  /** Rounds that began, of those that should have. */
  readonly roundsShare: number;
  readonly requestsPerSecond: number;
  /** Of the collector process; undefined where the system does not tell. */
  readonly cpuShare: number | undefined;
  readonly peakMiB: number | undefined;
}

/** Times of arrival, by the cluster's number, in milliseconds since 1970. */
type Arrivals = readonly (readonly [number, readonly number[]])[];

/** What was seen of the collector in so many seconds: the fleet's report, and what the system tells of the process. */
export interface Watched {
  readonly report: { readonly requests: number } & Readonly<Record<Round, Arrivals>>;
  readonly seconds: number;
  readonly cpuShare: number | undefined;
  readonly peakMiB: number | undefined;
}

/** When within its interval each round of each cluster has its turn, as the queue has it. */
export async function phasesOf(
  url: string,
  ids: readonly string[],
): Promise<Record<Round, readonly number[]>> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const { rows } = await client.query<{ id: string; next: string }>(
    'SELECT scheduler_id AS id, next_run_ms AS next FROM bullmq.scheduler',
  );
  await client.end();
  const next = new Map(rows.map((row) => [row.id, Number(row.next)]));
  const of = (round: Round) =>
    ids.map((id) => (next.get(`${id}.${round}`) ?? Number.NaN) % INTERVAL_MS[round]);
  return { gossip: of('gossip'), host: of('host') };
}

/** How well the rounds kept to their turns. */
export function paceOf(
  { report, seconds, ...rest }: Watched,
  phases: Record<Round, readonly number[]>,
  clusters: number,
): PaceFigures {
  const late: number[] = [];
  for (const round of ROUNDS) {
    for (const [cluster, times] of report[round]) {
      late.push(...times.map((time) => lateness(time, phases[round][cluster]!, INTERVAL_MS[round])));
    }
  }
  const expected = ROUNDS.reduce((sum, round) => sum + (clusters * seconds * 1_000) / INTERVAL_MS[round], 0);
  return {
    clusters,
    latenessMs: summarize(late),
    roundsShare: late.length / expected,
    requestsPerSecond: report.requests / seconds,
    ...rest,
  };
}

/** A timer may fire a few milliseconds early; that is not nearly a whole interval late. */
const EARLY_MS = 100;
const lateness = (time: number, phase: number, intervalMs: number): number =>
  Math.max(0, ((time - phase + EARLY_MS) % intervalMs) - EARLY_MS);
