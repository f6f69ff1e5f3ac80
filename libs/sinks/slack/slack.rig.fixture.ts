import { shownBy, SlackStandIn } from '../../../apps/sandbox/slack/index.js';
import { systemClock } from '../../domain/index.js';
import type { SinkRig } from '../../testing/sink-conformance.js';

export const TOKEN = 'xoxb-planted-0123456789-secret';
const ALL_SCOPES = ['chat:write', 'channels:read', 'groups:read', 'channels:history', 'groups:history'];

export interface SlackRig extends SinkRig {
  readonly slack: SlackStandIn;
}

/** A stand-in of Slack with one token and one channel, and what it takes to connect to it. */
export async function startSlackRig(
  channelId = '#alerts',
  scopes: readonly string[] = ALL_SCOPES,
): Promise<SlackRig> {
  const slack = new SlackStandIn();
  await slack.start();
  slack.workspace.addToken(TOKEN, { scopes });
  slack.workspace.addChannel('alerts', { id: 'C0000ALERTS' });
  return {
    slack,
    config: { channelId },
    secrets: { token: TOKEN },
    environment: { apiUrl: slack.apiUrl, clock: systemClock },
    shown: () => slack.workspace.visibleMessages().map((message) => JSON.stringify(shownBy(message))),
    requestCount: () => slack.requests.length,
    hold: (count) => slack.faults.next('*', { kind: 'slow-headers' }, count),
    whenRequested: async (count) => void (await slack.waitFor(() => slack.requests.length >= count)),
    stop: () => slack.stop(),
  };
}
