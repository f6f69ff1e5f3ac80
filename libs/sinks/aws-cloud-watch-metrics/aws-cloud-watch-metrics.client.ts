import type { CloudWatchClient, PutMetricDataCommandInput } from '@aws-sdk/client-cloudwatch';
import { awsClientOptions, type ClientUse } from '../aws.client.js';
import type { AwsCredentials } from '../aws.credentials.js';
import { AwsService } from '../aws.service.js';
import type { MetricsParcel } from './aws-cloud-watch-metrics.parcels.js';
import type { MetricsConfig } from './aws-cloud-watch-metrics.schema.js';

export const API_URL_SETTING = 'AWS_ENDPOINT_URL_CLOUDWATCH';
/** From so many bytes on a request is compressed; the SDK's own figure, which its environment could change. */
const COMPRESSED_FROM_BYTES = 10_240;
/** Of late only: a long-used namespace may hold very many. */
const RECENT = 'PT3H';

// Only when something is asked: a hub without such integrations does without the SDK.
const loadSdk = () => import('@aws-sdk/client-cloudwatch');

/** The calls of CloudWatch that we make for one integration. None throws for what becomes of it. */
export class MetricsClient {
  readonly #namespace: string;
  readonly #service: AwsService<CloudWatchClient>;

  constructor(
    { namespace, region }: MetricsConfig,
    credentials: AwsCredentials,
    endpoint: string | undefined,
    use: ClientUse,
  ) {
    this.#namespace = namespace;
    const place = { label: 'CloudWatch', apiUrlSetting: API_URL_SETTING, region };
    this.#service = new AwsService(place, credentials, async (keys) => {
      const { CloudWatchClient: Client } = await loadSdk();
      return new Client({
        ...awsClientOptions(region, keys, endpoint, use),
        disableRequestCompression: false,
        requestMinCompressionSizeBytes: COMPRESSED_FROM_BYTES,
      });
    });
  }

  /** What a `put` of this parcel holds. */
  contentOf({ lane, data }: MetricsParcel) {
    return {
      Namespace: `${this.#namespace}/${lane}`,
      MetricData: data.map(({ datum, periodMs }) => ({ ...datum, Timestamp: new Date(periodMs) })),
    };
  }

  async put(parcel: MetricsParcel, signal: AbortSignal) {
    const { PutMetricDataCommand } = await loadSdk();
    // The SDK's types want lists that could be written to; it writes to none.
    const content = this.contentOf(parcel) as unknown as PutMetricDataCommandInput;
    const command = new PutMetricDataCommand(content);
    const request = { action: 'cloudwatch:PutMetricData', writes: true, signal };
    return this.#service.call(request, (client, options) => client.send(command, options));
  }

  async list(signal: AbortSignal) {
    const { ListMetricsCommand } = await loadSdk();
    const command = new ListMetricsCommand({
      Namespace: `${this.#namespace}/eventstoredb`,
      RecentlyActive: RECENT,
    });
    const request = { action: 'cloudwatch:ListMetrics', signal };
    return this.#service.call(request, (client, options) => client.send(command, options));
  }

  close(): void {
    this.#service.close();
  }
}
