import { Problem, type EntryAbout, type NewEntry } from '../../domain/index.js';
import { readLogLine } from '../../log-files/index.js';
import {
  forEachPoint,
  isPlausibleTime,
  type Objection,
  type Point,
  type Series,
} from '../line-protocol/index.js';
import { clusterInPayload, clusterNameProblem } from '../record/index.js';
import type { ClusterLines } from './cluster-lines.js';
import { aboutSeries } from './entry-about.js';
import { entryBody, isPlain, type Payload } from './entry-body.js';
import { originOf, type LineOrigin } from './line-origin.js';
import { metricSeriesOf, type MetricSeries } from './metric-lines.js';

/** Points that are read and not stored. */
export type DroppedKind = 'metric' | 'control' | 'other';

/** A sender writes for a few clusters; each of them costs questions to the database. */
const MAX_CLUSTERS = 100;
/** Hosts of a cluster whose cores are noted from one body; of more the others come with a later one. */
const MAX_HOSTS = 100;
/** Short lines take more memory and time than their bytes say, and nobody else is served meanwhile. */
export const MAX_POINTS = 100_000;
const CORES = 'host_cores';

export const NO_CLUSTER = 'the line names no cluster: give it a tag `cluster`, or the request a parameter';

interface KnownSeries {
  readonly origin: LineOrigin;
  metric?: MetricSeries;
  about?: Partial<Record<EntryAbout['kind'], EntryAbout>>;
}

/** Sorts the points of one body by cluster and kind. Nothing in it waits: it is called for every line. */
export class SortedLines {
  readonly clusters = new Map<string, ClusterLines>();
  readonly dropped: Record<DroppedKind, number> = { metric: 0, control: 0, other: 0 };
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
    const { fields } = point;
    const event = fields.get('event');
    if (typeof event === 'string') return this.takeEntry(point, { field: 'event', text: event });
    const log = fields.get('log');
    if (typeof log === 'string') return this.takeEntry(point, { field: 'log', text: log });
    if (isControl(point)) return this.drop('control');
    const value = fields.get('value');
    if (typeof value === 'number') return this.takeMetric(point, value);
    if (typeof value === 'bigint') return this.takeMetric(point, Number(value));
    return this.drop('other');
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
    if (payload.field === 'event') lines.events.push({ point, payload: payload.text, node });
    return undefined;
  }

  /** Time and level: the sender's, or else those that a server's log line has in itself. */
  private saidWithin(
    { hasTime, timeMs }: Point,
    { field, text }: Payload,
    { level }: LineOrigin,
  ): Pick<NewEntry, 'timeMs'> & Pick<LineOrigin, 'level'> {
    if (field === 'event' || (hasTime && level !== undefined)) return { timeMs, level };
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

  private drop(kind: DroppedKind): undefined {
    this.dropped[kind] += 1;
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
function aboutOf(known: KnownSeries, { series }: Point, { field }: Payload): EntryAbout {
  known.about ??= {};
  return (known.about[field] ??= aboutSeries(field, series));
}

function isControl({ series, fields }: Point): boolean {
  const method = series.tags.get('method');
  return typeof fields.get('control') === 'string' && (method === 'GET' || method === 'PUT');
}

function noteCores(cores: Map<string, number>, host: string, count: number): void {
  const isCount = Number.isInteger(count) && count > 0 && count <= 65_536;
  if (isCount && host !== '' && (cores.has(host) || cores.size < MAX_HOSTS)) cores.set(host, count);
}
