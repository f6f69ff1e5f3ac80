import { CloudWatchStandIn } from '../../../apps/sandbox/cloudwatch/index.js';
import type { StandInAnswer, StandInRequest } from '../../../apps/sandbox/stand-in/index.js';
import { systemClock } from '../../domain/index.js';
import type { AwsRig } from '../aws.answers.fixture.js';

export const NAMESPACE = 'orders/db';
const REGION = 'eu-west-1';
export const KEYS = {
  accessKeyId: 'AKIAPLANTED000000001',
  secretAccessKey: 'planted/secret+access/key000000000000001',
};

/** A stand-in that remembers how its requests were encoded, and how many bytes they had. */
class WatchedStandIn extends CloudWatchStandIn {
  readonly bodies: { readonly encoding: string | undefined; readonly bytes: number }[] = [];

  protected override answer(request: StandInRequest): StandInAnswer {
    const encoding = request.headers['content-encoding'];
    this.bodies.push({ encoding, bytes: request.body.length });
    return super.answer(request);
  }

  get heldCount(): number {
    return this.metrics.namespaces().reduce((sum, { count }) => sum + count, 0);
  }
}

export interface MetricsRig extends AwsRig {
  readonly aws: WatchedStandIn;
}

/** A stand-in of AWS with one user's keys, and what it takes to connect to it. */
export async function startMetricsRig(): Promise<MetricsRig> {
  const aws = new WatchedStandIn();
  await aws.start();
  aws.accounts.addKey(KEYS.accessKeyId, KEYS.secretAccessKey);
  return {
    aws,
    config: { namespace: NAMESPACE, region: REGION, clusterIds: [] },
    secrets: KEYS,
    environment: { apiUrl: aws.url, clock: systemClock },
    requestCount: () => aws.calls.length,
    hold: (count) => aws.faults.next('*', { kind: 'hang' }, count),
    whenRequested: (count) => aws.whenCalled(count),
    heldCount: () => aws.heldCount,
    stop: () => aws.stop(),
  };
}
