/**
 * CloudWatch Metrics as a sink: samples of a minute become one datum of each metric, a thousand to a call.
 *
 * Only the catalog depends on this folder; it knows no other sink, no database, no queue.
 * It leaves to others: where the keys are kept, and when to call. The AWS SDK is loaded when something is asked of it, and
 * not before.
 */
import { AwsCredentials } from '../aws.credentials.js';
import { AWS_DISPLAY, awsSecrets, externalIdOf } from '../aws.schema.js';
import type { StreamSink } from '../sink.js';
import { API_URL_SETTING } from './aws-cloud-watch-metrics.client.js';
import { projectMetrics } from './aws-cloud-watch-metrics.project.js';
import { metricsConfig, metricsSettings } from './aws-cloud-watch-metrics.schema.js';
import { AwsCloudWatchMetricsSink } from './aws-cloud-watch-metrics.sink.js';

/**
 * Two seconds less than a period: one call a minute and namespace, as a period is complete, and what a call takes does not
 * make the calls fall behind the periods.
 */
const REST_MS = 58_000;
/** Two periods: an old figure tells nobody anything, and what was sent twice is counted twice. */
const TRIED_FOR_MS = 120_000;

/**
 * Namespaces of metrics in the tenant's own AWS account, with the keys of an IAM user or a role that it assumes. The test
 * tries the keys and writes nothing. `connect` throws when configuration, secrets or settings do not fit their schemas. See
 * README.md for set-up.
 */
export const awsCloudWatchMetricsSink: StreamSink = {
  kind: 'awsCloudWatchMetrics',
  label: 'Amazon CloudWatch Metrics',
  sources: ['metrics'],
  defaultSource: 'metrics',
  config: metricsConfig,
  secrets: awsSecrets,
  display: AWS_DISPLAY,
  settings: metricsSettings,
  supportsTest: true,
  delivers: 'streams',
  streamTraits: { restMs: REST_MS, resends: 'once', triedForMs: TRIED_FOR_MS },
  apiUrlSetting: API_URL_SETTING,
  given: (integrationId) => ({ externalId: externalIdOf(integrationId) }),
  connect(config, secrets, environment, settings = {}) {
    const [place, keys, own] = [
      metricsConfig.parse(config),
      awsSecrets.parse(secrets),
      metricsSettings.parse(settings),
    ];
    const credentials = new AwsCredentials({ region: place.region, keys, roleArn: own.roleArn }, environment);
    return new AwsCloudWatchMetricsSink(place, own, credentials, environment.apiUrl);
  },
  project: (config, settings, clusters) =>
    projectMetrics({
      config: metricsConfig.parse(config),
      settings: metricsSettings.parse(settings),
      clusters,
    }),
};
