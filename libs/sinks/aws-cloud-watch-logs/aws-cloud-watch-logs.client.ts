import type { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { awsClientOptions, type ClientUse } from '../aws.client.js';
import type { AwsCredentials } from '../aws.credentials.js';
import { AwsService } from '../aws.service.js';
import type { LogParcel } from './aws-cloud-watch-logs.pack.js';
import type { LogsConfig } from './aws-cloud-watch-logs.schema.js';

export const API_URL_SETTING = 'AWS_ENDPOINT_URL_CLOUDWATCH_LOGS';
/** Most that DescribeLogGroups gives at once. Names come sorted, so the one that is just the prefix comes first. */
const PAGE_SIZE = 50;

// Only when something is asked: a hub without such integrations does without the SDK.
const loadSdk = () => import('@aws-sdk/client-cloudwatch-logs');

/** The calls of CloudWatch Logs that we make for one integration. None throws for what becomes of it. */
export class LogsClient {
  readonly #logGroupName: string;
  readonly #service: AwsService<CloudWatchLogsClient>;

  constructor(
    { groupName, region }: LogsConfig,
    credentials: AwsCredentials,
    endpoint: string | undefined,
    use: ClientUse,
  ) {
    this.#logGroupName = groupName;
    const place = { label: 'CloudWatch Logs', apiUrlSetting: API_URL_SETTING, region };
    this.#service = new AwsService(place, credentials, async (keys) => {
      const { CloudWatchLogsClient: Client } = await loadSdk();
      return new Client(awsClientOptions(region, keys, endpoint, use));
    });
  }

  /** What a `put` of this parcel holds. */
  contentOf({ stream, events }: LogParcel) {
    return { logGroupName: this.#logGroupName, logStreamName: stream, logEvents: [...events] };
  }

  async put(parcel: LogParcel, signal: AbortSignal) {
    const { PutLogEventsCommand } = await loadSdk();
    const command = new PutLogEventsCommand(this.contentOf(parcel));
    const request = { action: 'logs:PutLogEvents', writes: true, signal };
    return this.#service.call(request, (client, options) => client.send(command, options));
  }

  async createStream(logStreamName: string, signal: AbortSignal) {
    const { CreateLogStreamCommand } = await loadSdk();
    const command = new CreateLogStreamCommand({ logGroupName: this.#logGroupName, logStreamName });
    const request = { action: 'logs:CreateLogStream', signal };
    return this.#service.call(request, (client, options) => client.send(command, options));
  }

  async createGroup(signal: AbortSignal) {
    const { CreateLogGroupCommand } = await loadSdk();
    const command = new CreateLogGroupCommand({ logGroupName: this.#logGroupName });
    const request = { action: 'logs:CreateLogGroup', signal };
    return this.#service.call(request, (client, options) => client.send(command, options));
  }

  /** Log groups whose names begin as ours does. */
  async describeGroups(signal: AbortSignal) {
    const { DescribeLogGroupsCommand } = await loadSdk();
    const command = new DescribeLogGroupsCommand({
      logGroupNamePrefix: this.#logGroupName,
      limit: PAGE_SIZE,
    });
    const request = { action: 'logs:DescribeLogGroups', signal };
    return this.#service.call(request, (client, options) => client.send(command, options));
  }

  close(): void {
    this.#service.close();
  }
}
