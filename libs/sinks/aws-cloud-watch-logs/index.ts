/**
 * CloudWatch Logs as a sink: integrations can be kept and tested; this version does not deliver to them yet.
 *
 * Only the catalog depends on this folder; it knows no other sink, no database, no queue.
 * It leaves to others: where the keys are kept. The AWS SDK is loaded when something is asked of it, and not before.
 */
import { z } from 'zod';
import { AWS_DISPLAY, awsSecrets } from '../aws.schema.js';
import type { TestedSink } from '../sink.js';
import { withoutSecrets } from '../without-secrets.js';
import { probe } from './aws-cloud-watch-logs.probe.js';
import { logsConfig } from './aws-cloud-watch-logs.schema.js';

/**
 * A log group in the tenant's own AWS account, with the keys of an IAM user. The test asks for the log group and writes
 * nothing. `connect` throws when configuration or secrets do not fit their schemas. See README.md for set-up and limits.
 */
export const awsCloudWatchLogsSink: TestedSink = {
  kind: 'awsCloudWatchLogs',
  label: 'Amazon CloudWatch Logs',
  sources: ['logs'],
  defaultSource: 'logs',
  config: logsConfig,
  secrets: awsSecrets,
  display: AWS_DISPLAY,
  settings: z.object({}),
  supportsTest: true,
  delivers: false,
  apiUrlSetting: 'AWS_ENDPOINT_URL_CLOUDWATCH_LOGS',
  connect(config, secrets, { apiUrl }) {
    const [place, keys] = [logsConfig.parse(config), awsSecrets.parse(secrets)];
    return {
      test: async ({ signal }) => withoutSecrets(await probe(place, keys, apiUrl, signal), keys),
    };
  },
};
