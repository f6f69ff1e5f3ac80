import { awsClientOptions, callAws } from '../aws.client.js';
import type { AwsSecrets } from '../aws.schema.js';
import type { TestReport } from '../sink.js';
import { failed, passed } from '../test-report.js';
import type { LogsConfig } from './aws-cloud-watch-logs.schema.js';

/** Most that DescribeLogGroups gives at once. Names come sorted, so the one that is just the prefix comes first. */
const PAGE_SIZE = 50;

const ACCEPTED = 'AWS accepts the keys.';
const NOT_CHECKED =
  'Not checked: whether the keys may write (logs:CreateLogStream, logs:PutLogEvents), for only writing would tell.';

/** Tries the keys, and looks for the log group, without writing anything. */
export async function probe(
  { groupName, region }: LogsConfig,
  secrets: AwsSecrets,
  endpoint: string | undefined,
  signal: AbortSignal,
): Promise<TestReport> {
  const { CloudWatchLogsClient, DescribeLogGroupsCommand } = await import('@aws-sdk/client-cloudwatch-logs');
  const client = new CloudWatchLogsClient(awsClientOptions(region, secrets, endpoint));
  const call = {
    label: 'CloudWatch Logs',
    apiUrlSetting: 'AWS_ENDPOINT_URL_CLOUDWATCH_LOGS',
    action: 'logs:DescribeLogGroups',
    region,
  };
  try {
    const query = new DescribeLogGroupsCommand({ logGroupNamePrefix: groupName, limit: PAGE_SIZE });
    const answer = await callAws(call, () => client.send(query, { abortSignal: signal }));
    if (!answer.ok) return failed(answer.outcome);
    const groups = answer.output.logGroups ?? [];
    if (groups.some(({ logGroupName }) => logGroupName === groupName))
      return passed(ACCEPTED, `The log group ${groupName} is there in ${region}.`, NOT_CHECKED);
    const reason = `There is no log group ${groupName} in ${region}: create it, or check groupName and region.`;
    return failed({ kind: 'gone', what: 'destination', code: 'log_group_not_found', reason }, ACCEPTED);
  } finally {
    client.destroy();
  }
}
