import { Problem, type EntryAbout, type NewEntry } from '../../domain/index.js';
import { readLogLine } from '../../log-files/index.js';
import {
  forEachPoint,
  isPlausibleTime,
  type Objection,
  type Point,
  type Series,
} from '../line-protocol/index.js';
import {
  clusterInPayload,
  clusterNameProblem,
  NO_CLUSTER,
  otherKindOf,
  payloadOf,
  type OtherKind,
  type Payload,
} from '../record/index.js';
import type { ClusterLines } from './cluster-lines.js';
import { aboutSeries } from './entry-about.js';
import { entryBody, isPlain } from './entry-body.js';
import { originOf, type LineOrigin } from './line-origin.js';
import { metricSeriesOf, type MetricSeries } from './metric-lines.js';

/** A sender writes for a few clusters; each of them costs questions to the database. */
const MAX_CLUSTERS = 100;
/** Hosts of a cluster whose cores are noted from one body; of more the others come with a later one. */
const MAX_HOSTS = 100;
/** Short lines take more memory and time than their bytes say, and nobody else is served meanwhile. */
export const MAX_POINTS = 100_000;
const CORES = 'host_cores';

interface KnownSeries {
  readonly origin: LineOrigin;
  metric?: MetricSeries;
  about?: Partial<Record<EntryAbout['kind'], EntryAbout>>;
}

/** Sorts the points of one body by cluster and kind. Nothing in it waits: it is called for every line. */
export class SortedLines {
  readonly clusters = new Map<string, ClusterLines>();
  readonly dropped: Record<OtherKind, number> = { metric: 0, control: 0, other: 0 };
  private readonly known = new Map<Series, KnownSeries>();
  private points = 0;

  constructor(
    private readonly nowMs: number,
    /** Of the request: where a line names none. */
    private readonly defaultCluster: string | undefined,
  ) {}

  /**
   * A line with several payloads is an event first, then a log line, as cc-event-store has it. Throws a 413 after
   * `MAX_POINTS`.
   */
  take(point: Point): Objection {
    this.points += 1;
    if (this.points > MAX_POINTS)
      throw new Problem(413, 'Payload Too Large', `The body has more than ${MAX_POINTS} lines.`);
    const payload = payloadOf(point);
    if (payload) return this.takeEntry(point, payload);
    const kind = otherKindOf(point);
    const value = point.fields.get('value');
    if (kind === 'metric' && typeof value !== 'boolean') return this.takeMetric(point, Number(value));
    this.dropped[kind] += 1;
    return undefined;
  }

  private takeEntry(point: Point, payload: Payload): Objection {
    const known = this.seriesOf(point);
    const { origin } = known;
    const lines = this.linesOf(origin.cluster ?? this.defaultCluster ?? clusterInPayload(payload.text));
    if (typeof lines === 'string') return lines;
    const { level = 'info', timeMs } = this.saidWithin(point, payload, origin);
    const { node } = origin;
    const body = entryBody(payload, point, origin);
    const entry = { timeMs, node, level, body };
    lines.entries.push(
      isPlain(payload, point, origin) ? entry : { ...entry, about: aboutOf(known, point, payload) },
    );
    if (payload.kind === 'event') lines.events.push({ point, payload: payload.text, node });
    return undefined;
  }

  /** Time and level: the sender's, or else those that a server's log line has in itself. */
  private saidWithin(
    { hasTime, timeMs }: Point,
    { kind, text }: Payload,
    { level }: LineOrigin,
  ): Pick<NewEntry, 'timeMs'> & Pick<LineOrigin, 'level'> {
    if (kind === 'event' || (hasTime && level !== undefined)) return { timeMs, level };
    const reading = readLogLine(text);
    const isTimed = !hasTime && reading.timeMs !== undefined && isPlausibleTime(reading.timeMs, this.nowMs);
    return { timeMs: isTimed ? reading.timeMs : timeMs, level: level ?? reading.level };
  }

  private takeMetric(point: Point, value: number): Objection {
    const known = this.seriesOf(point);
    const { origin } = known;
    const lines = this.linesOf(origin.cluster ?? this.defaultCluster);
    if (typeof lines === 'string') return lines;
    known.metric ??= metricSeriesOf(point.series, origin);
    lines.metrics.push({ series: known.metric, value, timeMs: point.timeMs });
    if (known.metric.name === CORES) noteCores(lines.cores, origin.node, value);
    return undefined;
  }

  private seriesOf({ series }: Point): KnownSeries {
    const present = this.known.get(series);
    if (present) return present;
    const origin = originOf(series);
    const made: KnownSeries = { origin };
    this.known.set(series, made);
    return made;
  }

  private linesOf(cluster: string | undefined): ClusterLines | string {
    if (cluster === undefined) return NO_CLUSTER;
    const present = this.clusters.get(cluster);
    if (present) return present;
    const problem = clusterNameProblem(cluster);
    if (problem !== undefined) return problem;
    if (this.clusters.size === MAX_CLUSTERS)
      return `lines of more than ${MAX_CLUSTERS} clusters are in one body`;
    const made: ClusterLines = { entries: [], events: [], metrics: [], cores: new Map() };
    this.clusters.set(cluster, made);
    return made;
  }
}

/** Sorts all points of a body. Throws a `LineProtocolError` when there is any that cannot be read or stored, and a 413. */
export function readLines(body: Buffer, nowMs: number, defaultCluster: string | undefined): SortedLines {
  const lines = new SortedLines(nowMs, defaultCluster);
  forEachPoint(body, { nowMs }, (point) => lines.take(point));
  return lines;
}

/** Made once for all lines of a series. */
function aboutOf(known: KnownSeries, { series }: Point, { kind }: Payload): EntryAbout {
  known.about ??= {};
  return (known.about[kind] ??= aboutSeries(kind, series));
}

function noteCores(cores: Map<string, number>, host: string, count: number): void {
  const isCount = Number.isInteger(count) && count > 0 && count <= 65_536;
  if (isCount && host !== '' && (cores.has(host) || cores.size < MAX_HOSTS)) cores.set(host, count);
}
