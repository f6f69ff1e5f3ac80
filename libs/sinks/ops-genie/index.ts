/**
 * OpsGenie as a sink: integrations can be kept and tested; this version does not deliver to them yet.
 *
 * Only the catalog depends on this folder; it knows no other sink, no database, no queue.
 * It leaves to others: where the key is kept.
 */
import { z } from 'zod';
import type { TestedSink } from '../sink.js';
import { withoutSecrets } from '../without-secrets.js';
import { OpsGenieClient } from './ops-genie.client.js';
import { probe } from './ops-genie.probe.js';
import { opsGenieConfig, opsGenieSecrets } from './ops-genie.schema.js';

/**
 * OpsGenie's Alert API, with the key of an API integration. The test tries the key and creates nothing. `connect` throws
 * when configuration or secrets do not fit their schemas. See README.md for set-up and the vendor's limits.
 */
export const opsGenieSink: TestedSink = {
  kind: 'opsGenie',
  label: 'OpsGenie',
  sources: ['issues', 'notifications'],
  defaultSource: 'issues',
  config: opsGenieConfig,
  secrets: opsGenieSecrets,
  display: { apiKey: 'apiKeyDisplay' },
  settings: z.object({}),
  supportsTest: true,
  delivers: false,
  apiUrlSetting: 'OPSGENIE_API_URL',
  connect(config, secrets, { apiUrl }) {
    opsGenieConfig.parse(config);
    const { apiKey } = opsGenieSecrets.parse(secrets);
    const client = new OpsGenieClient(apiKey, apiUrl);
    return { test: async ({ signal }) => withoutSecrets(await probe(client, signal), { apiKey }) };
  },
};
