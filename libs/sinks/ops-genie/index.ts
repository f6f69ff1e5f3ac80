/**
 * OpsGenie and JSM Operations as a sink: an issue is an alert that is noted on and closed, a notification is an alert.
 *
 * Only the catalog depends on this folder; it knows no other sink, no database, no queue.
 * It leaves to others: when to call and to ask for verdicts, what to do with an outcome, where the key is kept.
 */
import type { DeliveringSink } from '../sink.js';
import { OpsGenieClient } from './ops-genie.client.js';
import { OpsGenieLine } from './ops-genie.line.js';
import { opsGenieConfig, opsGenieSecrets, opsGenieSettings } from './ops-genie.schema.js';
import { serviceOf } from './ops-genie.service.js';
import { OpsGenieSink } from './ops-genie.sink.js';

/**
 * OpsGenie's Alert API, and JSM Operations' integration events, with the key of an API integration. Everything that is
 * sent ends as `ambiguous` with a receipt when it is taken, and `confirm` asks for its verdict; what opens has the
 * subject's id as its alias, so it may be sent twice. `connect` throws when configuration, secrets or settings do not fit
 * their schemas; a sink itself never throws. See README.md for set-up and the vendor's limits.
 */
export const opsGenieSink: DeliveringSink = {
  kind: 'opsGenie',
  label: 'OpsGenie / JSM Operations',
  sources: ['issues', 'notifications'],
  defaultSource: 'issues',
  config: opsGenieConfig,
  secrets: opsGenieSecrets,
  display: { apiKey: 'apiKeyDisplay' },
  settings: opsGenieSettings,
  supportsTest: true,
  delivers: 'things',
  traits: { keyed: true, showsClosed: false, readsBack: true, summarisesStorms: false },
  apiUrlSetting: 'OPSGENIE_API_URL',
  connect(config, secrets, { apiUrl, clock }, settings = {}) {
    opsGenieConfig.parse(config);
    const { apiKey } = opsGenieSecrets.parse(secrets);
    const { target, priorities } = opsGenieSettings.parse(settings);
    const client = new OpsGenieClient(apiKey, serviceOf(target, apiUrl));
    return new OpsGenieSink(new OpsGenieLine(client, apiKey, clock), priorities);
  },
};
