import type { TestReport } from '../sink.js';
import { failed, passed } from '../test-report.js';
import type { MetricsClient } from './aws-cloud-watch-metrics.client.js';
import { projectionPerNode } from './aws-cloud-watch-metrics.project.js';
import type { MetricsConfig, MetricsSettings } from './aws-cloud-watch-metrics.schema.js';

const notChecked = (roleArn: string | null): string =>
  `Not checked: whether the ${roleArn === null ? 'keys' : 'role'} may write (cloudwatch:PutMetricData), for CloudWatch cannot be asked without leaving a metric behind.`;

/**
 * Tries the keys, and assumes the role if there is one, without writing anything: there is no dry run of PutMetricData, and
 * what it writes stays for 15 months. AWS looks at who calls before at what they may, so a denial proves the keys as well;
 * delivery does not need this action. Says what the metrics are going to cost, as far as that depends on no cluster.
 */
export async function probe(
  client: MetricsClient,
  { region }: MetricsConfig,
  settings: MetricsSettings,
  signal: AbortSignal,
): Promise<TestReport> {
  const { roleArn } = settings;
  const answer = await client.list(signal);
  if (!answer.ok) {
    const { outcome, isBegun } = answer;
    // What was not begun failed at the role: who may not assume it can do nothing.
    if (!isBegun || !('code' in outcome) || outcome.code !== 'AccessDenied') return failed(outcome);
  }
  const assumed = roleArn === null ? [] : [`The role ${roleArn} is assumed.`];
  return passed(
    `AWS accepts the keys in ${region}.`,
    ...assumed,
    notChecked(roleArn),
    projectionPerNode(settings),
  );
}
