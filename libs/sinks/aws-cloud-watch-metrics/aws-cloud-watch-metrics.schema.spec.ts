import { describe, expect, it } from 'vitest';
import { metricsConfig } from './aws-cloud-watch-metrics.schema.js';

const CONFIG = { namespace: 'orders/db', region: 'eu-west-1', clusterIds: ['b', 'a'] };

describe('the configuration of a CloudWatch Metrics integration', () => {
  it('is kept as it is, with clusters in their order', () => {
    expect(metricsConfig.parse(CONFIG)).toEqual(CONFIG);
    expect(metricsConfig.parse({ ...CONFIG, clusterIds: undefined }).clusterIds).toEqual([]);
  });

  it('takes what CloudWatch takes as a namespace', () => {
    for (const namespace of ['a', 'My App/orders.db_1-2#3:4', 'AWSomething', 'x'.repeat(255)])
      expect(metricsConfig.safeParse({ ...CONFIG, namespace }).success, namespace).toBe(true);
    for (const namespace of ['', ' ', ':a', 'AWS/EC2', 'é', 'a\n', 'x'.repeat(256), 7, null])
      expect(metricsConfig.safeParse({ ...CONFIG, namespace }).success, String(namespace)).toBe(false);
  });
});
