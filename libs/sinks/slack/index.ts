/**
 * Slack as a sink: issues as one message from red to green, many that open at once as one message for all, notifications
 * as one message each.
 *
 * Only the catalog depends on this folder; it knows no other sink, no database, no queue.
 * It leaves to others: when to call, what to do with an outcome, where the token is kept.
 */
import { z } from 'zod';
import type { DeliveringSink } from '../sink.js';
import { SlackClient } from './slack.client.js';
import { slackPace } from './slack.pace.js';
import { slackConfig, slackSecrets } from './slack.schema.js';
import { SlackSink } from './slack.sink.js';

/**
 * Slack's Web API, with a bot token. Posts are not idempotent: without a verdict they end as `ambiguous`, and `recover`
 * finds them again by their metadata where the token has a history scope. `connect` throws when configuration or
 * secrets do not fit their schemas; a sink itself never throws. See README.md for set-up and the vendor's limits.
 */
export const slackSink: DeliveringSink = {
  kind: 'slack',
  label: 'Slack',
  sources: ['issues', 'notifications'],
  defaultSource: 'issues',
  config: slackConfig,
  secrets: slackSecrets,
  display: { token: 'tokenDisplay' },
  settings: z.object({}),
  supportsTest: true,
  delivers: 'things',
  traits: { keyed: false, showsClosed: true, readsBack: false, summarisesStorms: true },
  apiUrlSetting: 'SLACK_API_URL',
  connect(config, secrets, environment) {
    const { token } = slackSecrets.parse(secrets);
    const parsed = slackConfig.parse(config);
    const pace = slackPace(token, parsed.channelId, environment);
    return new SlackSink(new SlackClient(token, environment.apiUrl), parsed, token, pace);
  },
};
