import { CloudWatchStandIn } from '../../../apps/sandbox/cloudwatch/index.js';
import { systemClock } from '../../domain/index.js';
import type { AwsRig } from '../aws.answers.fixture.js';

export const GROUP = '/orders/db';
export const REGION = 'eu-west-1';
export const KEYS = {
  accessKeyId: 'AKIAPLANTED000000001',
  secretAccessKey: 'planted/secret+access/key000000000000001',
};

/** A stand-in of AWS with one user's keys and one log group, and what it takes to connect to it. */
export async function startLogsRig(): Promise<AwsRig> {
  const aws = new CloudWatchStandIn();
  await aws.start();
  aws.accounts.addKey(KEYS.accessKeyId, KEYS.secretAccessKey);
  aws.accounts.addLogGroup(GROUP, REGION);
  return {
    aws,
    config: { groupName: GROUP, region: REGION, clusterIds: [] },
    secrets: KEYS,
    environment: { apiUrl: aws.url, clock: systemClock },
    requestCount: () => aws.calls.length,
    hold: (count) => aws.faults.next('*', { kind: 'hang' }, count),
    whenRequested: (count) => aws.whenCalled(count),
    heldCount: () => aws.logs.streams(GROUP).reduce((sum, { count }) => sum + count, 0),
    stop: () => aws.stop(),
  };
}
