import { describe, expect, it } from 'vitest';
import { metricsConfig, metricsSettings, wantedBy } from './aws-cloud-watch-metrics.schema.js';

const CONFIG = { namespace: 'orders/db', region: 'eu-west-1', clusterIds: ['b', 'a'] };

describe('the configuration of a CloudWatch Metrics integration', () => {
  it('is kept as it is, with clusters in their order', () => {
    expect(metricsConfig.parse(CONFIG)).toEqual(CONFIG);
    expect(metricsConfig.parse({ ...CONFIG, clusterIds: undefined }).clusterIds).toEqual([]);
  });

  it('takes what CloudWatch takes as a namespace, with room for what comes behind it', () => {
    for (const namespace of ['a', 'My App/orders.db_1-2#3:4', 'AWSomething', 'x'.repeat(242)])
      expect(metricsConfig.safeParse({ ...CONFIG, namespace }).success, namespace).toBe(true);
    for (const namespace of ['', ' ', ':a', 'AWS/EC2', 'é', 'a\n', 'x'.repeat(243), 7, null])
      expect(metricsConfig.safeParse({ ...CONFIG, namespace }).success, String(namespace)).toBe(false);
  });
});

describe('the settings of a CloudWatch Metrics integration', () => {
  const wanted = (settings: object, names: readonly string[]): string[] =>
    names.filter(wantedBy(metricsSettings.parse(settings)));

  it('have defaults, and name metrics or beginnings of names', () => {
    expect(metricsSettings.parse({})).toEqual({ roleArn: null, metrics: [], exclude: [] });
    for (const name of ['io_bytes', 'kurrentdb_io_bytes_total', 'persistent_sub_*', '*'])
      expect(metricsSettings.safeParse({ metrics: [name], exclude: [name] }).success, name).toBe(true);
    for (const name of ['', 'a b', '*a', 'a*b', 'a**', 'é', '1a', 'x'.repeat(256), 7])
      expect(metricsSettings.safeParse({ metrics: [name] }).success, String(name)).toBe(false);
    expect(metricsSettings.safeParse({ metrics: Array(101).fill('a') }).success).toBe(false);
  });

  it('add to the default list, and what is excluded is not wanted in any case', () => {
    const names = ['sys_load_avg', 'host_cores', 'statuses', 'gossip_latency_seconds_count', 'my_own'];
    expect(wanted({}, names)).toEqual(['sys_load_avg', 'host_cores']);
    const settings = {
      metrics: ['eventstore_gossip_*', 'my_own', 'statuses'],
      exclude: ['host_*', 'my_own'],
    };
    expect(wanted(settings, names)).toEqual(['sys_load_avg', 'statuses', 'gossip_latency_seconds_count']);
  });
});
