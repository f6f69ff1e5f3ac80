import { awsClientOptions, callAws } from '../aws.client.js';
import type { AwsSecrets } from '../aws.schema.js';
import type { TestReport } from '../sink.js';
import { failed, passed } from '../test-report.js';
import type { MetricsConfig } from './aws-cloud-watch-metrics.schema.js';

const NOT_CHECKED =
  'Not checked: whether the keys may write (cloudwatch:PutMetricData), for CloudWatch cannot be asked without leaving a metric behind.';

/**
 * Tries the keys without writing anything: there is no dry run of PutMetricData, and what it writes stays for 15 months.
 * AWS looks at who calls before at what they may, so a denial proves the keys as well; delivery does not need this action.
 */
export async function probe(
  { namespace, region }: MetricsConfig,
  secrets: AwsSecrets,
  endpoint: string | undefined,
  signal: AbortSignal,
): Promise<TestReport> {
  const { CloudWatchClient, ListMetricsCommand } = await import('@aws-sdk/client-cloudwatch');
  const client = new CloudWatchClient({
    ...awsClientOptions(region, secrets, endpoint),
    disableRequestCompression: false,
    requestMinCompressionSizeBytes: 10_240,
  });
  const call = {
    label: 'CloudWatch',
    apiUrlSetting: 'AWS_ENDPOINT_URL_CLOUDWATCH',
    action: 'cloudwatch:ListMetrics',
    region,
  };
  try {
    // Of late only: a long-used namespace may hold very many.
    const query = new ListMetricsCommand({ Namespace: namespace, RecentlyActive: 'PT3H' });
    const answer = await callAws(call, () => client.send(query, { abortSignal: signal }));
    const isDenied = !answer.ok && 'code' in answer.outcome && answer.outcome.code === 'AccessDenied';
    if (!answer.ok && !isDenied) return failed(answer.outcome);
    return passed(`AWS accepts the keys in ${region}.`, NOT_CHECKED);
  } finally {
    client.destroy();
  }
}
