import { bareMetricName, KNOWN_METRICS, knownMetric } from '../../domain/index.js';
import type { CostProjection, ProjectedCluster } from '../stream-sink.js';
import { wantedBy, type MetricsConfig, type MetricsSettings } from './aws-cloud-watch-metrics.schema.js';

/**
 * About what AWS asks in most regions, without its free tier: for each custom metric and month while there are fewer than
 * 10,000 of an account, after which it asks less; and for calls (https://aws.amazon.com/cloudwatch/pricing/, by way of
 * https://signoz.io/guides/cloudwatch-pricing/, read 2026-11-28).
 */
const USD_PER_METRIC = 0.3;
const USD_PER_CALL = 0.01 / 1_000;
/** One a minute, for each cluster and namespace. */
const CALLS_PER_MONTH = 730 * 60;

/** What one node has. */
interface PerNode {
  readonly eventstoredb: number;
  readonly host: number;
  /** Names that nobody knows, so that nobody knows how many series they have either. */
  readonly unknown: readonly string[];
}

/** What a node's metrics cost. Pure. */
export function metricsPerNode(settings: MetricsSettings): PerNode {
  const wants = wantedBy(settings);
  const counted = KNOWN_METRICS.filter(
    // Of two names of the same metric a node has one.
    ({ name, laterName }) => wants(name) && !(laterName !== undefined && wants(laterName)),
  );
  const seriesOf = (origin: string): number =>
    counted.filter((one) => one.origin === origin).reduce((sum, { series }) => sum + series, 0);
  const unknown = [...new Set(settings.metrics.map(bareMetricName))].filter(
    (name) => wants(name) && !knownMetric(name) && !KNOWN_METRICS.some((one) => isBeginning(name, one.name)),
  );
  return { eventstoredb: seriesOf('eventstoredb') + unknown.length, host: seriesOf('host'), unknown };
}

const isBeginning = (pattern: string, name: string): boolean =>
  pattern.endsWith('*') && name.startsWith(pattern.slice(0, -1));

const toCents = (usd: number): number => Math.round(usd * 100) / 100;

function assumptionsOf(unknown: readonly string[]): string[] {
  return [
    'Each metric is counted with the series that a node of the default metricsconfig.json has: more queues, disks, caches, subscriptions or projections are more series.',
    'Every host has an agent, which reports its load, cores, memory and one disk; without agents there are fewer in the namespace host.',
    'Registered clusters are counted; what others send by line protocol comes on top where the integration names no clusters.',
    'About $0.30 per custom metric and month, and about $0.01 per 1,000 calls, one a minute for each cluster and namespace; without taxes, free tier and discounts.',
    ...(unknown.length === 0
      ? []
      : [`Not known, and counted as one series per node each: ${unknown.join(', ')}.`]),
  ];
}

/**
 * How many custom metrics an integration makes and what AWS asks for them, about. Pure. `clusters` are those that the
 * integration is for.
 */
export function projectMetrics({
  config: { namespace },
  settings,
  clusters,
}: {
  readonly config: Pick<MetricsConfig, 'namespace'>;
  readonly settings: MetricsSettings;
  readonly clusters: readonly ProjectedCluster[];
}): CostProjection {
  const { eventstoredb, host, unknown } = metricsPerNode(settings);
  const nodes = clusters.reduce((sum, cluster) => sum + cluster.nodes, 0);
  const namespaces = [eventstoredb, host].filter((count) => count > 0).length;
  const customMetrics = nodes * (eventstoredb + host);
  const calls = CALLS_PER_MONTH * clusters.filter((cluster) => cluster.nodes > 0).length * namespaces;
  return {
    customMetrics,
    byNamespace: { [`${namespace}/eventstoredb`]: nodes * eventstoredb, [`${namespace}/host`]: nodes * host },
    perCluster: clusters.map((cluster) => ({
      ...cluster,
      customMetrics: cluster.nodes * (eventstoredb + host),
    })),
    monthlyUsd: toCents(customMetrics * USD_PER_METRIC + calls * USD_PER_CALL),
    assumptions: assumptionsOf(unknown),
  };
}

/** For a connection test, which knows no clusters. */
export function projectionPerNode(settings: MetricsSettings): string {
  const { eventstoredb, host } = metricsPerNode(settings);
  const usd = ((eventstoredb + host) * USD_PER_METRIC).toFixed(2);
  return `About ${eventstoredb + host} custom metrics per node (${eventstoredb} of the database, ${host} of its host): AWS asks about $${usd} for them a month.`;
}
