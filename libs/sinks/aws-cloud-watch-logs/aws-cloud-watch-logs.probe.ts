import type { TestReport } from '../sink.js';
import { failed, passed } from '../test-report.js';
import type { LogsClient } from './aws-cloud-watch-logs.client.js';
import type { LogsConfig, LogsSettings } from './aws-cloud-watch-logs.schema.js';

const ACCEPTED = 'AWS accepts the keys.';

const assumed = (roleArn: string | null): string[] =>
  roleArn === null ? [ACCEPTED] : [ACCEPTED, `The role ${roleArn} is assumed.`];

const notChecked = (roleArn: string | null): string =>
  `Not checked: whether the ${roleArn === null ? 'keys' : 'role'} may write (logs:CreateLogStream, logs:PutLogEvents), for only writing would tell.`;

/** Tries the keys, assumes the role if there is one, and looks for the log group, without writing anything. */
export async function probe(
  client: LogsClient,
  { groupName, region }: LogsConfig,
  { roleArn, createLogGroup }: LogsSettings,
  signal: AbortSignal,
): Promise<TestReport> {
  const answer = await client.describeGroups(signal);
  if (!answer.ok) return failed(answer.outcome);
  const groups = answer.output.logGroups ?? [];
  const findings = assumed(roleArn);
  if (groups.some(({ logGroupName }) => logGroupName === groupName))
    return passed(...findings, `The log group ${groupName} is there in ${region}.`, notChecked(roleArn));
  if (createLogGroup)
    return passed(
      ...findings,
      `The log group ${groupName} is not there in ${region}; it is made with the first lines, which needs logs:CreateLogGroup.`,
      notChecked(roleArn),
    );
  const reason = `There is no log group ${groupName} in ${region}: create it, or check groupName and region.`;
  return failed({ kind: 'gone', what: 'destination', code: 'log_group_not_found', reason }, ...findings);
}
