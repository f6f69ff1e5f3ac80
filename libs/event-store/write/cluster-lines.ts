import type { NewEntry } from '../../domain/index.js';
import type { Point } from '../line-protocol/index.js';
import type { MetricLine } from './metric-lines.js';

/** An event as it came in. */
export interface EventLine {
  readonly point: Point;
  readonly payload: string;
  /** Empty when nobody said. */
  readonly node: string;
}

/** Of the lines of one body that belong to one cluster, in their order. */
export interface ClusterLines {
  /** Logs and events. */
  readonly entries: NewEntry[];
  readonly events: EventLine[];
  readonly metrics: MetricLine[];
  /** Physical cores, by host, as it counted them last. */
  readonly cores: Map<string, number>;
}
