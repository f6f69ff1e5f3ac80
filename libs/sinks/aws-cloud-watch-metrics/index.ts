/**
 * CloudWatch Metrics as a sink: integrations can be kept and tested; this version does not deliver to them yet.
 *
 * Only the catalog depends on this folder; it knows no other sink, no database, no queue.
 * It leaves to others: where the keys are kept. The AWS SDK is loaded when something is asked of it, and not before.
 */
import { z } from 'zod';
import { AWS_DISPLAY, awsSecrets } from '../aws.schema.js';
import type { TestedSink } from '../sink.js';
import { withoutSecrets } from '../without-secrets.js';
import { probe } from './aws-cloud-watch-metrics.probe.js';
import { metricsConfig } from './aws-cloud-watch-metrics.schema.js';

/**
 * A namespace of metrics in the tenant's own AWS account, with the keys of an IAM user. The test tries the keys and
 * writes nothing. `connect` throws when configuration or secrets do not fit their schemas. See README.md for set-up.
 */
export const awsCloudWatchMetricsSink: TestedSink = {
  kind: 'awsCloudWatchMetrics',
  label: 'Amazon CloudWatch Metrics',
  sources: ['metrics'],
  defaultSource: 'metrics',
  config: metricsConfig,
  secrets: awsSecrets,
  display: AWS_DISPLAY,
  settings: z.object({}),
  supportsTest: true,
  delivers: false,
  apiUrlSetting: 'AWS_ENDPOINT_URL_CLOUDWATCH',
  connect(config, secrets, { apiUrl }) {
    const [place, keys] = [metricsConfig.parse(config), awsSecrets.parse(secrets)];
    return {
      test: async ({ signal }) => withoutSecrets(await probe(place, keys, apiUrl, signal), keys),
    };
  },
};
