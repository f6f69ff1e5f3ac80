import { describe, expect, it } from 'vitest';
import { KNOWN_METRICS } from '../../domain/index.js';
import { awsCloudWatchMetricsSink } from './index.js';
import { metricsPerNode, projectionPerNode, projectMetrics } from './aws-cloud-watch-metrics.project.js';
import { metricsSettings } from './aws-cloud-watch-metrics.schema.js';

const CLUSTERS = [
  { name: 'orders-db', nodes: 3 },
  { name: 'audit-db', nodes: 1 },
];
const project = (settings: object = {}, clusters = CLUSTERS) =>
  projectMetrics({ config: { namespace: 'orders' }, settings: metricsSettings.parse(settings), clusters });
const perNode = (settings: object) => metricsPerNode(metricsSettings.parse(settings));

describe('the projection of costs', () => {
  it('counts every series of every node, by namespace and cluster', () => {
    const { eventstoredb, host } = perNode({});
    const { customMetrics, byNamespace, perCluster } = project();
    expect(customMetrics).toBe(4 * (eventstoredb + host));
    expect(byNamespace).toEqual({ 'orders/eventstoredb': 4 * eventstoredb, 'orders/host': 4 * host });
    expect(perCluster).toEqual([
      { name: 'orders-db', nodes: 3, customMetrics: 3 * (eventstoredb + host) },
      { name: 'audit-db', nodes: 1, customMetrics: eventstoredb + host },
    ]);
  });

  it('is of what the default list costs: a figure that is changed on purpose only', () => {
    expect(perNode({})).toEqual({ eventstoredb: 21, host: 16, unknown: [] });
    // 4 × 37 metrics at $0.30, and 43,800 calls a month for each of two clusters and namespaces.
    expect(project().monthlyUsd).toBe(46.15);
  });

  it('adds what is wanted beside, takes away what is not, and says what nobody knows', () => {
    const base = perNode({});
    expect(perNode({ metrics: ['kurrentdb_statuses'] }).eventstoredb).toBe(base.eventstoredb + 3);
    expect(perNode({ exclude: ['host_*'] }).host).toBe(8);
    const settings = {
      metrics: ['my_own', 'my_own', 'other_*', 'gossip_*', 'my_excluded'],
      exclude: ['my_excl*'],
    };
    expect(perNode(settings)).toMatchObject({
      eventstoredb: base.eventstoredb + 2 + 8,
      unknown: ['my_own', 'other_*'],
    });
    expect(project(settings).assumptions.at(-1)).toBe(
      'Not known, and counted as one series per node each: my_own, other_*.',
    );
  });

  it('counts a metric of two names once, and by the older name where only that is wanted', () => {
    expect(perNode({ metrics: ['gc_allocated_bytes', 'gc_total_allocated'] }).eventstoredb).toBe(22);
    expect(perNode({ metrics: ['gc_total_allocated'] }).eventstoredb).toBe(22);
  });

  it('costs nothing without a node or without a metric', () => {
    expect(project({}, [{ name: 'empty', nodes: 0 }])).toMatchObject({ customMetrics: 0, monthlyUsd: 0 });
    expect(project({ exclude: ['*'] })).toMatchObject({ customMetrics: 0, monthlyUsd: 0 });
  });

  it('says its assumptions in sentences', () => {
    for (const sentence of project().assumptions) expect(sentence).toMatch(/^[A-Z].{20,}\.$/);
    expect(projectionPerNode(metricsSettings.parse({}))).toBe(
      'About 37 custom metrics per node (21 of the database, 16 of its host): AWS asks about $11.10 for them a month.',
    );
  });

  it('covers the catalog: all of it is what * wants', () => {
    const { eventstoredb, host, unknown } = perNode({ metrics: ['*'] });
    const all = KNOWN_METRICS.filter(({ laterName }) => laterName === undefined);
    expect(eventstoredb + host).toBe(all.reduce((sum, { series }) => sum + series, 0));
    expect(unknown).toEqual([]);
  });

  it('is asked of the sink before there is an integration', () => {
    expect(
      awsCloudWatchMetricsSink.project?.({ namespace: 'orders', region: 'eu-west-1' }, {}, CLUSTERS),
    ).toEqual(project());
    expect(() => awsCloudWatchMetricsSink.project?.({ namespace: '' }, {}, CLUSTERS)).toThrow();
  });
});
