import { describe, expect, it } from 'vitest';
import { logsConfig, logsSettings } from './aws-cloud-watch-logs.schema.js';

const CONFIG = { groupName: '/orders/db', region: 'eu-west-1', clusterIds: ['b', 'a'] };

describe('the configuration of a CloudWatch Logs integration', () => {
  it('is kept as it is, with clusters in their order', () => {
    expect(logsConfig.parse(CONFIG)).toEqual(CONFIG);
    expect(logsConfig.parse({ ...CONFIG, clusterIds: undefined }).clusterIds).toEqual([]);
  });

  it('takes what CloudWatch takes as the name of a log group', () => {
    for (const groupName of ['a', '/aws/lambda/x', 'A-b_c.d/e#f', 'x'.repeat(512)])
      expect(logsConfig.safeParse({ ...CONFIG, groupName }).success, groupName).toBe(true);
    for (const groupName of ['', 'a b', 'a:b', 'a*', 'é', 'aws/x', 'x'.repeat(513), 7, null])
      expect(logsConfig.safeParse({ ...CONFIG, groupName }).success, String(groupName)).toBe(false);
  });
});

describe('the settings of a CloudWatch Logs integration', () => {
  it('send everything with the keys themselves, and make no log group, unless told otherwise', () => {
    expect(logsSettings.parse({})).toEqual({ roleArn: null, minimumLevel: 'trace', createLogGroup: false });
    const settings = {
      roleArn: 'arn:aws:iam::123456789012:role/x',
      minimumLevel: 'warn',
      createLogGroup: true,
    };
    expect(logsSettings.parse(settings)).toEqual(settings);
  });

  it('are refused when they are others', () => {
    for (const settings of [{ minimumLevel: 'Warning' }, { createLogGroup: 'yes' }, { roleArn: 'x' }])
      expect(logsSettings.safeParse(settings).success, JSON.stringify(settings)).toBe(false);
  });
});
