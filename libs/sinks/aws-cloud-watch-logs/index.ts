/**
 * CloudWatch Logs as a sink: every line is an event of the log stream of its node.
 *
 * Only the catalog depends on this folder; it knows no other sink, no database, no queue.
 * It leaves to others: which lines are owed, when to call, what to do with an outcome, where the keys are kept. The AWS SDK is
 * loaded when something is asked of it, and not before.
 */
import { AwsCredentials } from '../aws.credentials.js';
import { AWS_DISPLAY, awsSecrets, externalIdOf } from '../aws.schema.js';
import type { StreamSink } from '../sink.js';
import { API_URL_SETTING } from './aws-cloud-watch-logs.client.js';
import { logsConfig, logsSettings } from './aws-cloud-watch-logs.schema.js';
import { AwsCloudWatchLogsSink } from './aws-cloud-watch-logs.sink.js';

/**
 * A log group in the tenant's own AWS account, with the keys of an IAM user, or of a role that the user assumes. Batches keep
 * all of AWS's limits; a line may be there twice after a call without a verdict, and never in another order. The test asks for
 * the log group and writes nothing. `connect` throws when configuration, secrets or settings do not fit their schemas. See
 * README.md for set-up and limits.
 */
export const awsCloudWatchLogsSink: StreamSink = {
  kind: 'awsCloudWatchLogs',
  label: 'Amazon CloudWatch Logs',
  sources: ['logs'],
  defaultSource: 'logs',
  config: logsConfig,
  secrets: awsSecrets,
  display: AWS_DISPLAY,
  settings: logsSettings,
  supportsTest: true,
  delivers: 'streams',
  streamTraits: { restMs: 1_000, resends: 'always', triedForMs: null },
  apiUrlSetting: API_URL_SETTING,
  given: (integrationId) => ({ externalId: externalIdOf(integrationId) }),
  connect(config, secrets, environment, settings = {}) {
    const [place, keys, own] = [
      logsConfig.parse(config),
      awsSecrets.parse(secrets),
      logsSettings.parse(settings),
    ];
    const access = { region: place.region, keys, roleArn: own.roleArn };
    return new AwsCloudWatchLogsSink(place, own, new AwsCredentials(access, environment), environment.apiUrl);
  },
};
